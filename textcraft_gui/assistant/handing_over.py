"""How a console is started again with the show that was chosen: what its command line keeps; starts nothing."""

from collections.abc import Sequence
from typing import Final

_WITH_VALUE: Final = ("--project", "--mode", "--run", "--shots", "--config")
"""Of this show and this start: `--config` names the settings of the show that is left."""
_ALONE: Final = ("--rehearse", "--quit-when-done", "--trust-project")


def arguments_for(folder: str, mode: str, given: Sequence[str]) -> list[str]:
    """Return the arguments of the next console: its show and mode, and all else the present one was `given`."""
    kept: list[str] = []
    words = iter(given)
    for word in words:
        name = word.partition("=")[0]
        if name in _WITH_VALUE:
            if "=" not in word:
                next(words, None)
        elif name not in _ALONE:
            kept.append(word)
    return ["--project", folder, "--mode", mode, *kept]
