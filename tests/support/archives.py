"""Unpacks a tar of ours on every Python there may be; knows not what lies in it."""

import tarfile
from pathlib import Path


def unpack_tar(packed: Path, folder: Path) -> None:
    """Unpack with the permissions it has; Python before 3.11.4 knows no filters."""
    with tarfile.open(packed) as archive:
        if hasattr(tarfile, "tar_filter"):
            archive.extractall(folder, filter="tar")
        else:
            archive.extractall(folder)  # noqa: S202  # made by this test run, a moment ago
