"""The message classes of the project in play: those of schemas_base, and what the project's schemas.py adds.

`from textcraft_bus.schemas import YourNewMessage` loads the project that PROJECT_ENV names, at the first name asked
for and not before; a name the project does not redefine is the base one.
"""

from typing import TYPE_CHECKING, Any

from textcraft_bus import project as _project
from textcraft_bus import schemas_base as _base

if TYPE_CHECKING:
    from textcraft_bus.schemas_base import *  # noqa: F403 - what a type checker may count on


def __getattr__(name: str) -> Any:
    """Return a name of the project or of the base. Raises ImportError that says what to do."""
    if name.startswith("__"):
        raise AttributeError(name)
    project = _project.current_project()
    if name in project.names:
        return project.names[name]
    try:
        return getattr(_base, name)
    except AttributeError:
        where = project.refused or f"no schemas.py in play defines it (PROJECT_ENV names {project.folder or 'nothing'})"
        raise ImportError(f"cannot import name {name!r} from {__name__!r}: {where}") from None
