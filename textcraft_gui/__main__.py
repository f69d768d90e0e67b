"""What `textcraft` is asked for: the console, or one of its small helpers, which need neither window nor engine."""

import sys
from collections.abc import Callable

from textcraft_gui.supervision import WAITS


def main() -> None:
    """Do it; anything but the console is chosen by the first word, supervision by a flag."""
    words = sys.argv[1:]
    if "--supervise" in words:
        sys.exit(_supervise([word for word in words if word != "--supervise"]))
    if words[:1] == [WAITS] and not _is_wanted(words[1:]):
        return
    helper = HELPERS.get(words[0]) if words else None
    if helper is not None:
        sys.exit(helper(words[1:]))
    _console()


def _console() -> None:
    from textcraft_gui.quick_start import quickly  # noqa: PLC0415 - the others start without it

    with quickly():  # before all else is read
        from textcraft_gui.command_line import main as console  # noqa: PLC0415 - as above
    console()


def _supervise(words: list[str]) -> int:
    from textcraft_gui.supervision.command_line import supervise  # noqa: PLC0415 - as above

    return supervise(words)


def _is_wanted(words: list[str]) -> bool:
    """A spare console reads what it needs and waits: true when it is the console now, false when nobody wants it."""
    from textcraft_gui.supervision.spare import wait_for_word  # noqa: PLC0415 - as above

    return wait_for_word(words)


def _rest_walls(words: list[str]) -> int:
    from textcraft_gui.supervision.rest_walls import main as rest  # noqa: PLC0415 - as above

    return rest(words)


def _doctor(words: list[str]) -> int:
    from textcraft_gui.doctor.command_line import main as doctor  # noqa: PLC0415 - as above

    return doctor(words)


def _qt_look(words: list[str]) -> int:
    from textcraft_gui.doctor.qt_look import main as look  # noqa: PLC0415 - as above

    return look(words)


def _install(words: list[str]) -> int:
    from textcraft_gui.install.command_line import main as install  # noqa: PLC0415 - as above

    return install(words)


HELPERS: dict[str, Callable[[list[str]], int]] = {
    "rest-walls": _rest_walls,
    "doctor": _doctor,
    "qt-look": _qt_look,
    "install-service": _install,
}


if __name__ == "__main__":
    main()
