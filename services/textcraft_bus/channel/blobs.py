"""Pictures by value, for peers that cannot open the file; serves only what a scene named, never what a peer names."""

import base64
import hashlib
from collections import OrderedDict
from typing import Final

from textcraft_bus.channel.messages import Blob, PeerName, Picture
from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.files import read_bytes
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import PictureRefused, Unreadable

MAX_KEPT: Final = 64


class BlobShelf:
    """The pictures of the latest scenes, by hash, and who is being served one right now."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._serving: set[PeerName] = set()

    def register(self, picture: Picture) -> None:
        """From now on this picture may be asked for."""
        self._pictures[picture.sha256] = picture
        self._pictures.move_to_end(picture.sha256)
        if len(self._pictures) > MAX_KEPT:
            self._pictures.popitem(last=False)

    def begin(self, peer: PeerName, sha256: str) -> Picture | None:
        """The picture to serve; None when it is unknown or this peer is being served one already."""
        picture = self._pictures.get(sha256)
        if picture is None or peer in self._serving:
            return None
        self._serving.add(peer)
        return picture

    def end(self, peer: PeerName) -> None:
        """This peer may ask again."""
        self._serving.discard(peer)


def load_blob(picture: Picture) -> Blob:
    """Read and verify a picture (slow: call it off the loop). Raises Unreadable or PictureRefused."""
    path = path_of(picture.uri)
    if path is None:
        raise PictureRefused("its address names no file")
    data = read_bytes(path, MAX_IMAGE_BYTES)
    if hashlib.sha256(data).hexdigest() != picture.sha256:
        raise PictureRefused("the file changed since it was named")
    return Blob(sha256=picture.sha256, mime=picture.mime, data=base64.b64encode(data).decode("ascii"))


BLOB_ERRORS: Final = (Unreadable, PictureRefused, OSError)
