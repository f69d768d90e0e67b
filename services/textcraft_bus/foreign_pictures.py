"""A foreign image server's answer as one of ours: its file is read, hashed and measured; knows no sockets.

Foreign answers name a file and nothing else of it. What they say is not trusted: only what the file holds counts.
"""

from typing import Final

from textcraft_bus import messages as wire
from textcraft_bus import schemas_base as base
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.errors import PictureRefused
from textcraft_bus.files import read_bytes
from textcraft_bus.pictures import check, sha256_of
from textcraft_bus.uris import path_of

FOREIGN: Final = "foreign"
"""Worker and backend of such a picture: nobody over there has a name."""


def measured(request_id: str, said: base.ImageReady) -> wire.ImageReady:
    """Read the picture an answer names, and return the answer as ours. Blocking.

    Raises PictureRefused for an address that is no file of this machine or a file that is no picture, Unreadable.
    """
    path = path_of(said.uri)
    if path is None:
        raise PictureRefused("its address is no file of this machine")
    data = read_bytes(path, MAX_IMAGE_BYTES)
    info = check(data)
    return wire.ImageReady(
        request_id=request_id,
        uri=path.as_uri(),
        prompt=said.prompt,
        sha256=sha256_of(data),
        mime=info.mime,
        width=info.width,
        height=info.height,
        worker=FOREIGN,
        backend=FOREIGN,
    )
