"""Where the pictures of a foreign core come from: the message itself, an allowed folder, the network where allowed.

All functions block and belong in a worker thread. Nothing here decodes; the store checks what comes out.
"""

import base64
import binascii
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import PictureRefused
from textcraft_bus.schemas_base import DisplayMedia

MAX_FRAMES: Final = 2000
"""Most pictures of a sequence."""
MAX_VIDEO_BYTES: Final = 8 << 30
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp"})
VIDEOS: Final = frozenset({".mp4", ".mov", ".webm", ".mkv", ".m4v", ".avi"})
FETCH_SECONDS: Final = 10.0
_NUMBER: Final = re.compile(r"(\d+)")


class Sources:
    """What may be opened: files below `folders`, and addresses of the network only when `fetch` says so."""

    def __init__(self, folders: Sequence[Path], *, fetch: bool = False) -> None:
        self._folders = [folder.resolve() for folder in folders]
        self._fetch = fetch

    def picture(self, message: DisplayMedia) -> bytes:
        """The bytes of a message's picture: its data, else its address. Raises PictureRefused with the reason."""
        if message.image_data:
            return decode(message.image_data)
        if not message.uri:
            raise PictureRefused("it names no picture")
        if message.uri.startswith("data:"):
            return decode(message.uri)
        if message.uri.startswith(("http://", "https://")):
            return self._download(message.uri)
        return read_bounded(self.allowed(message.uri, "uri"))

    def sequence(self, address: str) -> list[Path]:
        """The pictures of a folder, in the order of their numbers. Raises PictureRefused."""
        folder = self.allowed(address, "sequence_path")
        if not folder.is_dir():
            raise PictureRefused("sequence_path is no folder")
        files = sorted((path for path in folder.iterdir() if path.suffix.lower() in PICTURES), key=_by_number)
        if not files:
            raise PictureRefused("sequence_path holds no PNG, JPEG or WebP")
        if len(files) > MAX_FRAMES:
            raise PictureRefused(f"sequence_path holds {len(files)} pictures: more than {MAX_FRAMES}")
        return files

    def video(self, address: str) -> Path:
        """A film below the allowed folders. Raises PictureRefused."""
        path = self.allowed(address, "video_path")
        if path.suffix.lower() not in VIDEOS:
            raise PictureRefused(f"video_path is no film: {', '.join(sorted(VIDEOS))} are")
        if not path.is_file() or path.stat().st_size > MAX_VIDEO_BYTES:
            raise PictureRefused("video_path is no file, or larger than a film may be")
        return path

    def allowed(self, address: str, field: str) -> Path:
        """The path an address names, escaped or not, if it lies below an allowed folder. Raises PictureRefused."""
        path = path_of(address)
        if path is None:
            raise PictureRefused(f"{field} is no address of a file")
        path = path.resolve()
        if not self._folders:
            raise PictureRefused(f"{field} names a file, and no folder is allowed: start with --images")
        if not any(path.is_relative_to(folder) for folder in self._folders):
            raise PictureRefused(f"{field} is not below an allowed folder")
        return path

    def _download(self, address: str) -> bytes:
        if not self._fetch:
            raise PictureRefused("uri is on the network, and fetching is not allowed: start with --fetch")
        if not urlsplit(address).hostname:
            raise PictureRefused("uri names no host")
        try:
            with _PLAIN.open(address, timeout=FETCH_SECONDS) as answer:
                return _bounded(answer.read(MAX_IMAGE_BYTES + 1))
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise PictureRefused(f"uri cannot be fetched: {error}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that was allowed must not lead to one that was not."""

    def redirect_request(self, *_args: object) -> None:
        """Go nowhere: the redirection becomes an error."""


_PLAIN: Final = urllib.request.build_opener(_NoRedirect)


def decode(text: str) -> bytes:
    """The bytes of a data URL or of bare base64. Raises PictureRefused."""
    head, comma, body = text.partition(",")
    if text.startswith("data:"):
        if not comma or not head.endswith(";base64"):
            raise PictureRefused("image_data is a data URL without base64")
    else:
        body = text
    try:
        data = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureRefused("image_data is no base64") from error
    return _bounded(data)


def read_bounded(path: Path) -> bytes:
    """A whole file, if it is no larger than a picture may be. Raises PictureRefused."""
    try:
        if not path.is_file():
            raise PictureRefused("uri is no file here")
        with path.open("rb") as file:
            return _bounded(file.read(MAX_IMAGE_BYTES + 1))
    except OSError as error:
        raise PictureRefused(f"{path.name} cannot be read: {error.strerror}") from error


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_IMAGE_BYTES:
        raise PictureRefused("it is larger than a picture may be")
    return data


def _by_number(path: Path) -> list[tuple[int, str]]:
    """`frame_9` comes before `frame_10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(path.name)]
