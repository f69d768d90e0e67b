"""Where Tab goes next: in the order one reads what is shown now, whenever and by whom a page was made; knows no verb.

Qt walks in the order in which widgets were created. Pages and forms that are made late would come after all others.
"""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

_OVERLAP = 4
"""Pixels by which things one under the other may meet."""


def controls(root: QWidget) -> Iterator[QWidget]:
    """Every control below `root` that takes the keyboard by Tab and is shown, in the order one reads."""
    shown = [each for each in root.children() if isinstance(each, QWidget) and each.isVisible() and not each.isWindow()]
    for child in _in_reading_order(shown):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.focusProxy() is None:
            yield child
        yield from controls(child)


def move_on(window: QWidget, *, onward: bool) -> bool:
    """Give the keyboard to the control after, or before, the one that has it; False: there is none."""
    found = list(controls(window))
    if not found:
        return False
    focus = window.focusWidget()
    last = found.index(focus) if focus in found else -1 if onward else 0
    following = found[(last + (1 if onward else -1)) % len(found)]
    following.setFocus(Qt.FocusReason.TabFocusReason if onward else Qt.FocusReason.BacktabFocusReason)
    _bring_into_sight(following)
    return True


def _in_reading_order(widgets: list[QWidget]) -> Iterator[QWidget]:
    """Rows from the top; in each, columns from the left, and so on: what lies beside something tall is one column."""
    for row in _apart(widgets, lambda box: (box.top(), box.bottom())):
        columns = _apart(row, lambda box: (box.left(), box.right()))
        if len(columns) == 1:
            yield from sorted(row, key=lambda widget: (widget.y(), widget.x()))
        else:
            for column in columns:
                yield from _in_reading_order(column)


def _apart(widgets: list[QWidget], extent: Callable[[QRect], tuple[int, int]]) -> list[list[QWidget]]:
    """The widgets in groups with a gap between them, in order; `extent` is where a box begins and ends."""
    groups: list[list[QWidget]] = []
    reach = 0
    for each in sorted(widgets, key=lambda widget: extent(widget.geometry())):
        begins, ends = extent(each.geometry())
        if groups and begins < reach - _OVERLAP:
            groups[-1].append(each)
            reach = max(reach, ends)
        else:
            groups.append([each])
            reach = ends
    return groups


def _bring_into_sight(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
