"""How a setting's text may be written, and the sentence whoever wrote it otherwise reads; knows no setting."""

import re
from typing import Annotated

from pydantic import AfterValidator


def spelled(pattern: str, rule: str) -> AfterValidator:
    """Let a text be wholly of this pattern, or else say `rule`: a sentence that tells what it may be."""

    def as_it_may_be(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(rule)
        return text

    return AfterValidator(as_it_may_be)


Name = Annotated[str, spelled(r"[A-Za-z0-9_-]{1,40}", "a name is 1 to 40 of the letters a to z, digits, - and _")]
"""Of a wall or an image server: it becomes a part of file names and of addresses."""

WebAddress = Annotated[str, spelled(r"(https?://\S+)?", "an address begins with http:// or https://")]
"""Of a server, or of none."""
