"""GALLERY: every picture of the show's folder, found by words, chapter or date; staged, compared and looked into."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from textcraft_gui.models.gallery import PICTURE_ROLE, GalleryModel
from textcraft_gui.pictures.gallery_files import GalleryPicture
from textcraft_gui.pictures.gallery_reader import Found, GalleryReader
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.projection.folder import images_folder
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Candidate, ShowState, chapter_id
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.widgets.thumb_list import ThumbList
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.wording import chapter_name


class GalleryPanel(QWidget):
    """Search line, thumbnails, and the chosen picture's story."""

    compare_wanted = Signal(object)
    """The pictures chosen, in their order; one or two."""

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self._pictures = PictureVerbs(verbs, feed.state)
        self._wanted_sha = ""
        """Brought in from here to be staged as soon as it passed the gate."""
        self.reader = GalleryReader(self)
        self.model = GalleryModel(self)
        self.model.mark = self._mark
        self.list = ThumbList(self.model, store, one_click=False)
        self.list.setAccessibleName(tr("gallery"))
        self.list.setAccessibleDescription(tr("Double click, or Enter, puts a picture into NEXT; Ctrl chooses two"))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("words, chapter 4, 2026-11…"))
        self.search.setAccessibleName(tr("search the gallery"))
        describe(
            self.search, tr("Only pictures that hold every one of these words, in caption, prompt, chapter or date")
        )
        self.pinned = button(tr("pinned"), hint=tr("Only the pictures of the reserve reel"))
        self.pinned.setCheckable(True)
        self.empty = label("", "quiet", name=tr("about the gallery"))
        self.empty.setWordWrap(True)
        self.count = label("", "quiet", name=tr("how many pictures"))
        self.story = QPlainTextEdit()
        self.buttons = self._make_buttons()
        self._lay_out()
        self._connect()

    def _make_buttons(self) -> dict[str, QPushButton]:
        return {
            "stage": button(tr("stage"), hint=tr("Put the chosen picture into NEXT, through the gate")),
            "pin": button(tr("pin"), hint=tr("Keep the chosen candidate for the reserve reel, or let it go")),
            "compare": button(tr("compare"), hint=tr("See two chosen pictures side by side; one alone beside NEXT")),
            "reveal": button(tr("reveal"), hint=tr("Show prompt, seed and cost of the chosen picture")),
        }

    def _lay_out(self) -> None:
        self.buttons["reveal"].setCheckable(True)
        self.story.setReadOnly(True)
        self.story.setProperty("look", "field")
        self.story.setAccessibleName(tr("the chosen picture's story"))
        describe(self.story, tr("Where the picture comes from, when and what it cost; for reading and copying"))
        self.story.setTabChangesFocus(True)
        self.story.setFixedHeight(62)
        self.story.hide()
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(6)
        foot.setSpacing(6)
        head.addWidget(self.search, 1)
        head.addWidget(self.pinned)
        for made in self.buttons.values():
            foot.addWidget(made)
        foot.addStretch(1)
        foot.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 6, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.list, 1)
        column.addWidget(self.story)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.reader.found.connect(self._on_found)
        self.search.textChanged.connect(lambda _text: self._filter())
        self.pinned.toggled.connect(lambda _on: self._filter())
        self.list.wanted.connect(lambda index: self._stage(index.data(PICTURE_ROLE)))
        self.list.selectionModel().selectionChanged.connect(lambda _now, _before: self._show_chosen())
        self.model.modelReset.connect(self._show_chosen)
        self.buttons["stage"].clicked.connect(lambda: self._on_one(self._stage))
        self.buttons["pin"].clicked.connect(lambda: self._on_one(self._pin))
        self.buttons["compare"].clicked.connect(lambda: self.compare_wanted.emit(self.chosen()[:2]))
        self.buttons["reveal"].toggled.connect(lambda _on: self._show_chosen())
        self._feed.follow(self.refresh)

    def refresh(self, areas: Area) -> None:
        """Look at the state again; the folder only when it may have changed and somebody sees it."""
        if areas & (Area.PICTURES | Area.LIVE | Area.SHOW):
            self._stage_wanted()
            if self.isVisible():
                self._look()

    def _look(self) -> None:
        folder = images_folder(self._feed.state.folder)
        if folder:
            self.reader.look_into(folder)
        self._filter()
        self.model.look_again()

    def _on_found(self, found: Found) -> None:
        self.model.take_in(picture for _signature, picture in found.values())
        self._show_count()

    def _filter(self) -> None:
        pinned = frozenset(candidate.sha256 for candidate in self._feed.state.reel.values())
        self.model.search(self.search.text(), pinned if self.pinned.isChecked() else None)
        self._show_count()

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        set_text(self.count, f"{total:,}" if shown == total else tr("{shown:,} of {total:,}", shown=shown, total=total))
        describe(self.count, counted(total, "{n} picture", "{n} pictures"))
        words = _empty_words(total, pinned=self.pinned.isChecked(), busy=self.reader.busy)
        set_text(self.empty, words)
        self.empty.setVisible(shown == 0)
        self.list.setVisible(shown > 0)
        self._show_chosen()

    def chosen(self) -> list[GalleryPicture]:
        """What is chosen, in the order of the list."""
        found = (index.data(PICTURE_ROLE) for index in self.list.chosen())
        return [picture for picture in found if isinstance(picture, GalleryPicture)]

    def _show_chosen(self) -> None:
        chosen = self.chosen()
        one = chosen[0] if len(chosen) == 1 else None
        candidate = self._candidate(one)
        self.buttons["stage"].setEnabled(one is not None)
        self.buttons["pin"].setEnabled(candidate is not None)
        pin = tr("unpin") if candidate and candidate.pinned else tr("pin")
        self.buttons["pin"].setText(pin)
        self.buttons["pin"].setAccessibleName(pin)
        self.buttons["compare"].setEnabled(len(chosen) == 2 or (one is not None and self._feed.state.next is not None))
        self.buttons["reveal"].setEnabled(one is not None)
        self.story.setVisible(self.buttons["reveal"].isChecked() and one is not None)
        text = story(one) if one else ""
        if text != self.story.toPlainText():
            self.story.setPlainText(text)

    def _candidate(self, picture: GalleryPicture | None) -> Candidate | None:
        if picture is None:
            return None
        there = self._feed.state.candidates.values()
        return next((candidate for candidate in there if candidate.sha256 == picture.sha256), None)

    def _on_one(self, act: object) -> None:
        chosen = self.chosen()
        if len(chosen) == 1 and callable(act):
            act(chosen[0])

    def stage(self, picture: GalleryPicture) -> None:
        """Put a picture into NEXT; one that is no candidate goes through the gate first."""
        self._stage(picture)

    def _stage(self, picture: GalleryPicture) -> None:
        candidate = self._candidate(picture)
        if candidate is not None:
            self._verbs.stage(candidate.request_id)
        elif self._pictures.add_picture(picture.path, picture.caption):
            self._wanted_sha = picture.sha256

    def _stage_wanted(self) -> None:
        """What was brought in from here has passed the gate: now it may be staged."""
        state = self._feed.state
        for candidate in state.candidates.values():
            if candidate.sha256 == self._wanted_sha and candidate.approved:
                self._wanted_sha = ""
                if state.next_id != candidate.request_id:
                    self._verbs.stage(candidate.request_id)
                return

    def _pin(self, picture: GalleryPicture) -> None:
        if candidate := self._candidate(picture):
            self._pictures.pin(candidate.request_id, not candidate.pinned)

    def _mark(self, sha256: str) -> tuple[str, str, bool]:
        return mark(self._feed.state, sha256)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Now the folder is looked through."""
        super().showEvent(event)
        self._look()


def mark(state: ShowState, sha256: str) -> tuple[str, str, bool]:
    """The badge of a picture in the gallery, its kind, and whether it is pinned."""
    pinned = any(candidate.sha256 == sha256 for candidate in state.reel.values())
    if state.live and state.live.sha256 == sha256:
        return tr("live"), "live", pinned
    if state.next and state.next.sha256 == sha256:
        return tr("next"), "next", pinned
    return "", "ok", pinned


def story(picture: GalleryPicture) -> str:
    """How a picture came to be, in plain lines; what nobody told is said to be unknown."""
    name = chapter_name(chapter_id(picture.chapter)) if picture.chapter else tr("no chapter")
    cost = tr("cost unknown") if picture.cost is None else f"${picture.cost:.2f}" if picture.cost else tr("free")
    cost += tr(" (estimated)") if picture.cost_estimated else ""
    seed = tr("seed {seed}", seed=picture.seed) if picture.seed is not None else tr("seed unknown")
    size = f"{picture.size[0]}×{picture.size[1]}" if picture.size[0] else ""
    line = (f"{picture.painted_at:%Y-%m-%d %H:%M}", name, seed, cost, picture.backend, size)
    words = picture.prompt or tr("No prompt is known: the picture came without a sidecar.")
    without = tr("without: {words}", words=picture.negative_prompt) if picture.negative_prompt else ""
    return "\n".join(part for part in (" · ".join(p for p in line if p), words, without) if part)


def _empty_words(total: int, *, pinned: bool, busy: bool) -> str:
    if not total and busy:
        return tr("Looking through the show's pictures…")
    if not total:
        return tr("No picture yet. Every picture of the show is kept here, newest first.")
    if pinned:
        return tr("Nothing is pinned like this. Pin a candidate, and it joins the reserve reel.")
    return tr("No picture holds these words. Clear the search to see all of them.")
