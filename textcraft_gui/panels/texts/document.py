"""One file of the show in an editor: read, edited, kept as a draft, merged with what others wrote, saved by verbs.

Knows no widget; several forms of one file share it.
"""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from textcraft_bus.channel.messages import Mode
from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import EngineError
from textcraft_core.events import Event
from textcraft_core.show.bible_files import Problem, fatal, path_of, problems
from textcraft_core.show.drafts import Draft
from textcraft_core.show.merge import Conflict, Path
from textcraft_gui.models.editing import Editing
from textcraft_gui.models.typing_in import typed
from textcraft_gui.session.ports import WritingPort
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs import reading_rules
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.words.i18n import tr

REST_MS: Final = 1200
"""A draft is kept when the typing rests so long …"""
LATEST_MS: Final = 4000
"""… and at the latest so long after the first key: within the 5 s that may be lost."""
LOOK_MS: Final = 1000
"""How often the file is looked at for changes from outside."""


_OWN: Final = frozenset({Verb.SAVE_DRAFT.value, Verb.DISCARD_DRAFT.value})


class Document(QObject):
    """One for each file; what kind of file it is, the classes below say."""

    changed = Signal()
    """Content, problems, conflicts or the draft's state are others than before."""

    def __init__(
        self, path: str, feed: Feed, writing: WritingPort, verbs: Verbs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.path = path
        self.editing = Editing({})
        self.trouble = self._lock = ""
        """Why the file cannot be edited, "" when it can."""
        self.waiting = False
        """The draft comes into use when the next cycle begins."""
        self._feed, self._writing, self._verbs = feed, writing, verbs
        self._stamp: object = None
        self._open = False
        self._kept: Any = None
        self._saving = False
        self._between = False
        """The stage is closing: what is typed now would be of no folder."""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._latest = QTimer(self, singleShot=True, interval=LATEST_MS)
        self._look = QTimer(self, interval=LOOK_MS)
        self._rest.timeout.connect(self.keep_draft)
        self._latest.timeout.connect(self.keep_draft)
        self._look.timeout.connect(self.look)
        feed.follow(self._on_refreshed)
        feed.heard.connect(self._on_heard)

    # What a kind of file adds

    def problems(self) -> list[Problem]:
        """What is wrong with the content now."""
        return []

    def _disk(self) -> Any:
        """What the file holds now. Raises EngineError, BusError, OSError."""
        raise NotImplementedError

    def _save(self, content: Any, began: Any) -> cmd.Command:
        """The command that puts the content into use at once."""
        raise NotImplementedError

    def _usable(self, draft: Draft) -> bool:
        """Whether a draft holds what this file is made of."""
        raise NotImplementedError

    # What stands

    @property
    def content(self) -> Any:
        """The content as it is edited."""
        return self.editing.content

    @property
    def dirty(self) -> bool:
        """Whether there is an edit that is not in use."""
        return self.editing.dirty

    @property
    def direct(self) -> bool:
        """Whether saving puts an edit into use at once; in SHOW it waits for the next cycle."""
        return self._feed.state.mode is not Mode.SHOW

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing against it."""
        ready = self.dirty and not self.trouble and not self.editing.conflicts and not self.waiting
        return ready and fatal(self.problems()) is None

    # Edits

    def set(self, path: Path, value: Any) -> None:
        """Change one place."""
        if self._takes_edits():
            self.editing.set(path, value)
            self._edited()

    def replace(self, content: Any, at: Path | None = None) -> None:
        """Change all of it; with `at`, going on at one place is one step."""
        if self._takes_edits():
            self.editing.replace(content, at)
            self._edited()

    def _takes_edits(self) -> bool:
        """Whether an edit has somewhere to go; if not, whoever shows the content shows it as it is again."""
        takes = not self._between and not self._locked_by_what_is_shown()
        if not takes:
            self.changed.emit()
        return takes

    def undo(self) -> None:
        """Take the last step back."""
        self.editing.undo()
        self._edited()

    def redo(self) -> None:
        """Do it again."""
        self.editing.redo()
        self._edited()

    def choose(self, conflict: Conflict, theirs: bool) -> None:
        """Settle one collision."""
        self.editing.choose(conflict, theirs=theirs)
        self._edited()

    def revert(self) -> None:
        """Throw the edit away; undo brings it back."""
        self._stop_timers()
        self.editing.conflicts = ()
        self.editing.replace(self.editing.base)
        self._verbs.ask(Verb.DISCARD_DRAFT, cmd.DiscardDraft(draft_id=self.path))
        self.changed.emit()

    # Saving

    def save(self) -> None:
        """Put the edit into use: now, or in SHOW as a draft that waits for the next cycle."""
        if not self.can_save:
            return
        self._stop_timers()
        began, content = self.editing.began, self.content
        if self.direct:
            self._saving = True
            self._verbs.ask(Verb.SAVE_TEXT, self._save(content, began))
            return
        draft = cmd.SaveDraft(path=self.path, base=began, content=content)
        self._kept = content
        self._verbs.ask(Verb.APPLY_DRAFT, draft, cmd.ApplyDraft(draft_id=self.path))

    def take_back(self) -> None:
        """The draft stays a draft when the next cycle begins."""
        self._verbs.ask(Verb.APPLY_DRAFT, cmd.ApplyDraft(draft_id=self.path, on=False))

    def keep_draft(self) -> None:
        """Keep what was typed on disk, so that no crash takes it."""
        self._stop_timers()
        if not self._open or self.content == self._kept:
            return
        self._kept = self.content
        if self.dirty:
            draft = cmd.SaveDraft(path=self.path, base=self.editing.began, content=self.content)
            self._verbs.ask(Verb.SAVE_DRAFT, draft, how="by itself")
        else:
            self._verbs.ask(Verb.DISCARD_DRAFT, cmd.DiscardDraft(draft_id=self.path), how="by itself")

    def look(self) -> None:
        """See whether the file was changed outside, and bring that in."""
        if not self._open:
            return
        stamp = self._look_at(self.path)
        if stamp != self._stamp:
            self._read(stamp)

    def _look_at(self, path: str) -> object:
        """What changes whenever a file does; None also while no show is in play."""
        try:
            return self._writing.stamp(path)
        except EngineError:
            return None

    def _edited(self) -> None:
        if self.waiting:
            self.waiting = False  # what is edited on must be applied anew; the kept draft says so too
        self._rest.start()
        if not self._latest.isActive():
            self._latest.start()
        self.changed.emit()

    def _stop_timers(self) -> None:
        self._rest.stop()
        self._latest.stop()

    def _on_refreshed(self, areas: Area) -> None:
        if areas & Area.SHOW:
            if self._open and self.trouble in {"", self._lock}:
                self._lock = self.trouble = self._locked_by_what_is_shown()
            if not self._open and not self._between and self.path and self._feed.state.folder:
                self._begin()
            self.changed.emit()

    def _begin(self) -> None:
        self._open = True
        self._look.start()
        self._stamp = self._look_at(self.path)
        self.trouble, self.waiting = "", False
        try:
            disk, draft = self._disk(), self._writing.draft(self.path)
        except (EngineError, BusError, OSError) as fault:
            self.trouble = str(fault)
            return
        if draft is not None and self._usable(draft):
            began = type(disk)() if draft.base is None else draft.base
            self.editing = Editing(disk, draft.content, began)
            self.waiting, self._kept = draft.waiting, draft.content
        else:
            self.editing = Editing(disk)
            self._kept = disk
        self._lock = self.trouble = self._locked_by_what_is_shown()

    def _locked_by_what_is_shown(self) -> str:
        if reason := reading_rules.no_change(self._feed.state):
            return reason
        if self._feed.state.replay is None:
            return ""
        return tr("This is a recording: leave the replay to edit.")

    def _read(self, stamp: object) -> None:
        self._stamp = stamp
        try:
            disk = self._disk()
        except (EngineError, BusError, OSError) as fault:
            self.trouble = str(fault)
            self.changed.emit()
            return
        self._lock = self.trouble = self._locked_by_what_is_shown()
        mine, self._saving = self._saving, False
        if self.editing.take_theirs(disk) and self.editing.conflicts and not mine:
            self._feed.tell(tr("{file} was changed meanwhile: both versions are shown in its editor.", file=self.path))
        self.changed.emit()

    def _rest_until_exchanged(self) -> None:
        """What was typed becomes a draft of this folder; what would be typed from here on had nowhere to go."""
        self.keep_draft()
        self._look.stop()
        self._open, self._between = False, True
        self.trouble = tr("The mode is being changed: wait a moment.")
        self.changed.emit()

    def _forget(self) -> None:
        """Another show is in play, or its copy: what was typed is a draft of the one that is left."""
        self._stop_timers()
        self._look.stop()
        self._open = self._between = self.waiting = self._saving = False
        self.editing, self._kept, self._stamp, self.trouble = Editing(type(self.editing.base)()), None, None, ""
        self.changed.emit()

    def _on_heard(self, event: Event) -> None:
        if isinstance(event, ev.StageClosing):
            self._rest_until_exchanged()
        elif isinstance(event, ev.StageExchanged):
            self._forget()
        elif isinstance(event, ev.VerbUsed) and event.verb not in _OWN:
            self.keep_draft()  # whatever comes now (another mode, another show), what was typed is on disk before it
        elif isinstance(event, ev.FileWritten | ev.FileRemoved) and event.path == f"data/{self.path}":
            if self._open:
                self._read(self._look_at(self.path))
        elif isinstance(event, ev.DraftSaved) and event.path == self.path:
            self.waiting = event.waiting
            self.changed.emit()
        elif isinstance(event, ev.DraftApplied | ev.DraftDiscarded) and event.path == self.path:
            self.waiting = False
            self.look()
            self.changed.emit()


class BibleDocument(Document):
    """A file of the bible, as JSON."""

    def __init__(
        self, file: str, feed: Feed, writing: WritingPort, verbs: Verbs, parent: QObject | None = None
    ) -> None:
        self.file: Any = file
        self._others: dict[str, tuple[object, Any]] = {}
        self._checked: tuple[Any, list[object], list[Problem]] = (None, [], [])
        super().__init__(path_of(file), feed, writing, verbs, parent)

    def problems(self) -> list[Problem]:
        """What is wrong with the content now, and names in it that nobody has; found once for each content."""
        names = [name for name in ("characters", "locations") if name != self.file]
        stamps = [self._look_at(path_of(name)) for name in names]
        if self._checked[0] is not self.content or self._checked[1] != stamps:
            others = {name: self._other(name, stamp) for name, stamp in zip(names, stamps, strict=True)}
            self._checked = (self.content, stamps, problems(self.file, self.content, others))
        return self._checked[2]

    def _disk(self) -> Any:
        return self._writing.bible(self.file)

    def _save(self, content: Any, began: Any) -> cmd.Command:
        return cmd.SaveBible(file=self.file, content=content, base=began)

    def _usable(self, draft: Draft) -> bool:
        return isinstance(draft.content, dict) and isinstance(draft.base, dict | None)

    def _other(self, name: str, stamp: object) -> Any:
        known = self._others.get(name)
        if known is None or known[0] != stamp:
            known = self._others[name] = (stamp, self._read_other(name))
        return known[1]

    def _read_other(self, name: str) -> Any:
        try:
            return self._writing.bible(name)
        except (EngineError, BusError, OSError):
            return {}


class TextDocument(Document):
    """A chapter; one at a time, the others keep their drafts on disk."""

    def __init__(
        self,
        feed: Feed,
        writing: WritingPort,
        verbs: Verbs,
        read: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__("", feed, writing, verbs, parent)
        self.editing = Editing("")
        self._read_text = read

    def _forget(self) -> None:
        self.path = ""
        super()._forget()

    def open(self, path: str) -> None:
        """Edit another chapter; `path` is relative to data/. What was typed in the last one is kept first."""
        if path == self.path:
            self.look()
            return
        self.keep_draft()
        self._open, self.path, self.editing = False, path, Editing("")
        if path:
            self._begin()
        self.changed.emit()

    def type(self, text: str) -> None:
        """The text as it stands in the field: what was typed, and nothing else, comes into the content."""
        self.replace(typed(str(self.content), text), ("text",))

    def _disk(self) -> Any:
        return self._read_text(f"data/{self.path}")

    def _save(self, content: Any, began: Any) -> cmd.Command:
        return cmd.SaveManuscript(path=self.path, text=content, base=began)

    def _usable(self, draft: Draft) -> bool:
        return isinstance(draft.content, str) and isinstance(draft.base, str | None)
