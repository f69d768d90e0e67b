"""What all processes share: messages, sockets, presence, durable files, configuration; knows no Qt and no story."""

import os

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Else every package of this installation is looked through for code that is to see all we validate."""
