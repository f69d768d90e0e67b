"""A foreign image server's answer as one of ours: its file is read, hashed and measured; knows no sockets.

Foreign answers name a file and nothing else of it. What they say is not trusted: only what the file holds counts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from textcraft_bus import schemas_base as base
from textcraft_bus.channel import messages as wire
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import check, sha256_of

PLACEHOLDER: Final = "mockimagegenerator_"
"""How foreign image servers name the placeholder they answer a time-out with."""
SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp"})
FOREIGN: Final = "foreign"
"""Worker and backend of such a picture: nobody over there has a name."""


class ForeignFolders:
    """Where foreign image servers' pictures may be opened.

    With folders named in the settings those alone. Without, the first picture teaches its folder, and from then on
    nothing outside that is opened; that first one must be named as a picture and be reached by no link.
    """

    def __init__(self, named: Sequence[Path] = ()) -> None:
        self._folders = tuple(folder.expanduser().absolute().resolve() for folder in named)

    def allowed(self, path: Path) -> Path:
        """Return where a path really leads, opening nothing. Raises PictureRefused."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise PictureRefused("its address leads nowhere") from error
        if self._folders:
            if not any(real.is_relative_to(folder) for folder in self._folders):
                raise PictureRefused("it lies outside the folders of foreign image servers: name it in their folders")
        elif real != path.absolute() or real.suffix.casefold() not in SUFFIXES:
            raise PictureRefused("it is not named as a picture, or a link leads to it")
        return real

    def learn(self, real: Path) -> None:
        """A picture came from there: without named folders, its folder is the one."""
        if not self._folders:
            self._folders = (real.parent,)


def measured(request_id: str, said: base.ImageReady, folder: Path, folders: ForeignFolders) -> wire.ImageReady:
    """Read the picture an answer names, keep a copy in `folder`, and return the answer as ours. Blocking.

    What they wrote may change or go away over there; the copy has the name of what it holds, and still tells a
    placeholder. `folders` says what may be opened. Raises PictureRefused for an address that is no file of this
    machine, one outside those folders and a file that is no picture, Unreadable, WriteFailed.
    """
    path = path_of(said.uri)
    if path is None:
        raise PictureRefused("its address is no file of this machine")
    real = folders.allowed(path)
    data = read_bytes(real, MAX_IMAGE_BYTES)
    info = check(data)
    folders.learn(real)
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
