"""Where the files lie that events name: their paths may be given from the show's folder on."""

from pathlib import PurePath

IMAGES = "images"


def picture_file(folder: str, path: str) -> str:
    """Return the whole path of a picture in the show at `folder`; nothing for no path."""
    return str(PurePath(folder, path)) if path else ""


def images_folder(folder: str) -> str:
    """Return the folder that holds the show's pictures; nothing while no show is open."""
    return str(PurePath(folder, IMAGES)) if folder else ""
