"""TRY: one sample task for a persona, with its price before, the answer as it comes, and a way to stop it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from textcraft_core import events as ev
from textcraft_core.engine.trial import Prompt
from textcraft_core.events import Event
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr

BATCH_MS = 100
MOST_CHARS = 200_000


class TrialSide(QWidget):
    """Knows which persona is in sight only by its role; asks, and shows what events tell."""

    wanted = Signal(str)
    """Try it on these instructions."""
    stop_wanted = Signal()
    price_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.running = False
        self._pieces: list[str] = []
        self.task = QLineEdit()
        self.task.setPlaceholderText(tr("A sample task for this writer…"))
        self.task.setAccessibleName(tr("sample task"))
        describe(self.task, tr("What the brain is asked in the trial; Enter asks"))
        self.task.setMaxLength(4000)
        self.go = button(tr("try"), hint=tr("Ask the brain once; nothing is written"))
        self.stop = button(tr("stop"), hint=tr("End this answer now"))
        self.state = label("", "quiet", elide=True, name=tr("about the trial"))
        self.answer = QPlainTextEdit()
        self.answer.setReadOnly(True)
        self.answer.setUndoRedoEnabled(False)
        self.answer.setProperty("look", "field")
        self.answer.setAccessibleName(tr("answer of the trial"))
        describe(self.answer, tr("What the brain answers; nothing of it is written anywhere"))
        self.answer.setPlaceholderText(tr("The answer appears here, word by word. No tool runs, no file changes."))
        self._batch = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._batch.timeout.connect(self._flush)
        self.task.returnPressed.connect(self._ask)
        self.go.clicked.connect(self._ask)
        self.stop.clicked.connect(self.stop_wanted)
        self._lay_out()
        self._show_running(False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.task, 1)
        head.addWidget(self.go)
        head.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.state)
        column.addWidget(self.answer, 1)

    def show_price(self, prompt: Prompt) -> None:
        """Put on the button what one answer costs at most."""
        price = tr("free") if prompt.most_usd <= 0 else tr("≤ ${usd}", usd=f"{prompt.most_usd:.4f}")
        self.go.setText(tr("try · {price}", price=price))
        if not self.running and not self.answer.toPlainText():
            known = "" if prompt.price_known else tr(" Its price is not known: the dearest is counted.")
            told = tr("About {n} tokens in, at most {most} out.", n=f"{prompt.tokens:,}", most=f"{prompt.max_tokens:,}")
            self._say(told + known, "quiet" if prompt.price_known else "warn")

    def show_trouble(self, text: str) -> None:
        """Say why it cannot be tried."""
        self._say(f"▲ {text}", "warn")

    def take_in(self, event: Event) -> None:
        """Show what is told of a trial."""
        match event:
            case ev.TrialStarted(role=role, model=model):
                self.answer.clear()
                self._pieces.clear()
                self._show_running(True)
                self._say(tr("▶ {role} answers, with {model}…", role=role, model=model or "—"), "info")
            case ev.TrialStreamed(text=text):
                self._pieces.append(text)
                if not self._batch.isActive():
                    self._batch.start()
            case ev.TrialEnded():
                self._end(event)

    def _end(self, event: ev.TrialEnded) -> None:
        self._flush()
        self._show_running(False)
        if event.status == "error":
            self._say(f"▲ {event.message}", "warn")
            return
        word = tr("■ stopped") if event.status == "stopped" else tr("✔ done")
        cost = tr("free") if event.cost <= 0 else f"${event.cost:.4f}"
        words = len(event.text.split())
        self._say(tr("{word} in {s} s · {n} words · {cost}", word=word, s=f"{event.seconds:.1f}", n=words, cost=cost))

    def _ask(self) -> None:
        if not self.running:
            self.wanted.emit(self.task.text().strip())

    def _flush(self) -> None:
        text, self._pieces = "".join(self._pieces), []
        if text and self.answer.document().characterCount() < MOST_CHARS:
            bar = self.answer.verticalScrollBar()
            follow = bar.value() >= bar.maximum() - 2
            cursor = QTextCursor(self.answer.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text)
            if follow:
                bar.setValue(bar.maximum())

    def _show_running(self, running: bool) -> None:
        self.running = running
        self.go.setVisible(not running)
        self.stop.setVisible(running)

    def _say(self, text: str, look: str = "quiet") -> None:
        set_text(self.state, text)
        set_look(self.state, look)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """In sight: the price is asked for."""
        super().showEvent(event)
        self.price_wanted.emit()
