"""A foreign image server's answer as one of ours: its file is read, hashed and measured; knows no sockets.

Foreign answers name a file and nothing else of it. What they say is not trusted: only what the file holds counts.
"""

from pathlib import Path
from typing import Final

from textcraft_bus import messages as wire
from textcraft_bus import schemas_base as base
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.errors import PictureRefused
from textcraft_bus.files import read_bytes, write_durably
from textcraft_bus.pictures import check, sha256_of
from textcraft_bus.uris import path_of

PLACEHOLDER: Final = "mockimagegenerator_"
"""How foreign image servers name the placeholder they answer a time-out with."""
FOREIGN: Final = "foreign"
"""Worker and backend of such a picture: nobody over there has a name."""


def measured(request_id: str, said: base.ImageReady, folder: Path) -> wire.ImageReady:
    """Read the picture an answer names, keep a copy in `folder`, and return the answer as ours. Blocking.

    What they wrote may change or go away over there; the copy has the name of what it holds, and still tells a
    placeholder. Raises PictureRefused for an address that is no file of this machine or a file that is no picture,
    Unreadable, WriteFailed.
    """
    path = path_of(said.uri)
    if path is None:
        raise PictureRefused("its address is no file of this machine")
    data = read_bytes(path, MAX_IMAGE_BYTES)
    info = check(data)
    sha256 = sha256_of(data)
    mark = PLACEHOLDER if PLACEHOLDER in path.name.lower() else ""
    own = folder.absolute() / f"{mark}{sha256}.{info.ext}"
    write_durably(own, data)
    return wire.ImageReady(
        request_id=request_id,
        uri=own.as_uri(),
        prompt=said.prompt,
        sha256=sha256,
        mime=info.mime,
        width=info.width,
        height=info.height,
        worker=FOREIGN,
        backend=FOREIGN,
    )
