"""The form of one persona: shows a draft, gives it back, marks the fields that cannot be saved; saves nothing."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from textcraft_gui.panels.persona_draft import TOOLS, Draft, problems
from textcraft_gui.widgets.words import describe, label

_HINTS = {
    "name": "What this writer is called",
    "model": "The model this writer uses; the brain replaces one it does not have, and says so",
    "temperature": "0 is sober, 1 is wild",
    "max_tokens": "The longest answer, in tokens",
}
_LABELS = {"name": "name", "model": "model", "temperature": "temperature", "max_tokens": "max tokens"}
_COLUMNS = 3


class PersonaForm(QScrollArea):
    """Fields in two columns, the prompt below, the tools as boxes to tick."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._kept = Draft()
        self.lines = {name: self._line(name) for name in _LABELS}
        self.prompt = self._prompt()
        self.tools: dict[str, QCheckBox] = {}
        self._tool_grid = QGridLayout()
        self._tool_grid.setHorizontalSpacing(12)
        self._tool_grid.setVerticalSpacing(2)
        self.setWidget(self._body())

    def draft(self) -> Draft:
        """What stands in the form now."""
        return Draft(
            **{name: line.text() for name, line in self.lines.items()},
            system_prompt=self.prompt.toPlainText(),
            allowed_tools=self._ticked(),
            kept=self._kept.kept,
        )

    def show_draft(self, draft: Draft) -> None:
        """Put a draft into the form without calling it an edit."""
        self._kept = draft
        blockers = [QSignalBlocker(widget) for widget in (*self.lines.values(), self.prompt)]
        for name, line in self.lines.items():
            line.setText(getattr(draft, name))
            line.setCursorPosition(0)
        if self.prompt.toPlainText() != draft.system_prompt:
            self.prompt.setPlainText(draft.system_prompt)
        del blockers
        self._show_tools(draft.allowed_tools)
        self.show_problems()

    def show_problems(self) -> dict[str, str]:
        """Mark what could not be saved, and return it."""
        found = problems(self.draft())
        for name, widget in {**self.lines, "system_prompt": self.prompt}.items():
            wrong = name in found
            if bool(widget.property("wrong")) != wrong:
                widget.setProperty("wrong", wrong)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
            describe(widget, found.get(name) or _HINTS.get(name, "Who this writer is; {{…}} is filled in"))
        return found

    def _ticked(self) -> tuple[str, ...]:
        """The tools in the order the persona had them, new ones last."""
        on = [name for name, box in self.tools.items() if box.isChecked()]
        before = [name for name in self._kept.allowed_tools if name in on]
        return (*before, *(name for name in on if name not in before))

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(_LABELS[name])
        line.setMaxLength(200)
        line.textChanged.connect(self.edited)
        return line

    def _prompt(self) -> QPlainTextEdit:
        prompt = QPlainTextEdit()
        prompt.setProperty("look", "field")
        prompt.setAccessibleName("system prompt")
        prompt.setTabChangesFocus(True)
        prompt.setMinimumHeight(60)
        prompt.textChanged.connect(self.edited)
        return prompt

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("form")
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for index, (name, line) in enumerate(self.lines.items()):
            word = label(_LABELS[name], "quiet")
            grid.addWidget(word, index // 2, index % 2 * 2)
            grid.addWidget(line, index // 2, index % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(label("prompt", "quiet"), 2, 0, top)
        grid.addWidget(self.prompt, 2, 1, 1, 3)
        grid.addWidget(label("tools", "quiet"), 3, 0, top)
        grid.addLayout(self._tool_grid, 3, 1, 1, 3)
        grid.setRowStretch(2, 1)
        column.addLayout(grid)
        return body

    def _show_tools(self, allowed: tuple[str, ...]) -> None:
        for name in (*TOOLS, *allowed):
            if name not in self.tools:
                self._add_tool(name)
        for name, box in self.tools.items():
            blocker = QSignalBlocker(box)
            box.setChecked(name in allowed)
            del blocker

    def _add_tool(self, name: str) -> None:
        box = QCheckBox(name.replace("&", "&&"))
        box.setAccessibleName(f"allow {name}")
        describe(box, f"Allow this writer the tool {name}" + ("" if name in TOOLS else ", which nobody knows"))
        box.toggled.connect(self.edited)
        count = len(self.tools)
        self._tool_grid.addWidget(box, count // _COLUMNS, count % _COLUMNS)
        self.tools[name] = box
