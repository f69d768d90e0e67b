"""What each OSC address with arguments asks of the stage: arguments → commands, by the state; sends nothing itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import ValidationError

from textcraft_bus.channel.messages import CaptionStyle, TransitionKind, WallMap
from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core.bench import BenchSettings
from textcraft_core.errors import EngineError
from textcraft_core.show.bible_files import fatal, problems
from textcraft_gui.remote.arguments import Value
from textcraft_gui.remote.finder import Finder, NotFound, draft_of
from textcraft_gui.remote.pending import Pending
from textcraft_gui.widgets.laying import are_good, corners_of
from textcraft_gui.words.i18n import tr

Commands = tuple[cmd.Command, ...]
WHOLE_FIELDS: Final = frozenset({"max_tokens"})
NUMBER_FIELDS: Final = frozenset({"temperature"})


class Bible(Protocol):
    """What is read of the show's own files."""

    def bible(self, file: str) -> dict[str, Any]:
        """Return a file of the bible as it is on disk now. Raises EngineError, BusError, OSError."""
        ...


class Orders:
    """One method for what needs the state; the rest is in the tables below. All raise NotFound."""

    def __init__(self, finder: Finder, files: Callable[[], Bible], pending: Pending) -> None:
        self.find, self._files, self._pending = finder, files, pending

    def commands(self, name: str, values: tuple[Value, ...]) -> Commands:
        """Return what an address asks for with these arguments, checked already. Raises NotFound."""
        try:
            asked = _PLAIN[name](*values) if name in _PLAIN else _MADE[name](self, *values)
        except ValidationError as error:
            raise NotFound(str(error.errors()[0]["msg"])) from error
        return asked if isinstance(asked, tuple) else (asked,)

    # Walls and look

    def map(self, which: Value, change: Callable[[WallMap], dict[str, Any]]) -> cmd.Command:
        """Change the map of a wall at one place."""
        wall = self.find.wall(which)
        made = self._pending.change(
            ("map", wall.name), wall.map, lambda now: WallMap.model_validate({**now.model_dump(), **change(now)})
        )
        return cmd.SetWallMap(wall=wall.name, map=made)

    def crop(self, which: Value, *crop: float) -> cmd.Command:
        """Use a part of each picture on a wall."""
        left, top, width, height = crop
        if left + width > 1 or top + height > 1:
            raise NotFound(tr("That part lies outside the picture"))
        return self.map(which, lambda _now: {"crop": crop})

    def corner(self, which: Value, corner: int, x: float, y: float) -> cmd.Command:
        """Move one corner of a wall."""

        def moved(now: WallMap) -> dict[str, Any]:
            corners = list(corners_of(now))
            corners[corner - 1] = (x, y)
            if not are_good((corners[0], corners[1], corners[2], corners[3])):
                raise NotFound(tr("No wall can take these corners"))
            return {"corners": tuple(corners)}

        return self.map(which, moved)

    def captions(self, on: bool | None = None, **style: object) -> cmd.Command:
        """Change how walls set captions at one place."""
        told = self.find.state.captions
        stands = (told.on, told.style) if told is not None else (True, CaptionStyle())

        def change(now: tuple[bool, CaptionStyle]) -> tuple[bool, CaptionStyle]:
            return (now[0] if on is None else on), CaptionStyle.model_validate({**now[1].model_dump(), **style})

        shown, set_so = self._pending.change("captions", stands, change)
        return cmd.SetCaptions(on=shown, style=set_so)

    def card_picture(self, said: str, caption: str = "") -> cmd.Command:
        """Bring in a picture file of the show's folder: a desk may be anywhere, so it names nothing outside."""
        folder = Path(self.find.state.folder).resolve()
        path = (folder / said).resolve()
        if not path.is_relative_to(folder):
            raise NotFound(tr("That file is not in the show's folder"))
        return cmd.AddCard(path=str(path), caption=caption)

    # The rehearsal

    def bench(self, **changes: object) -> cmd.Command:
        """Change how rehearsals are played at one place."""
        settings = self._pending.change(
            "bench",
            self.find.state.bench.settings,
            lambda now: BenchSettings.model_validate({**now.model_dump(), **changes}),
        )
        return cmd.SetBench(settings=settings)

    # Personas

    def persona(self, role: str) -> dict[str, Any]:
        """Return a persona as it is in use."""
        found = self._personas().get(role)
        if not isinstance(found, dict):
            raise NotFound(tr("There is no persona {name}", name=repr(role[:40])))
        return found

    def set_persona(self, role: str, field: str, value: Value) -> cmd.Command:
        """Change one value of a persona, if what comes of it may be saved."""
        persona = {**self.persona(role), field: _fitting(field, value)}
        if wrong := fatal(problems("personas", {**self._personas(), role: persona})):
            raise NotFound(wrong.text)
        return cmd.SavePersona(role=role, persona=persona)

    def _personas(self) -> dict[str, Any]:
        try:
            return self._files().bible("personas")
        except (EngineError, BusError, OSError) as error:
            raise NotFound(str(error)) from error

    # The engine

    def assign(self, role: str, action: str, chapter: str, note: str = "") -> cmd.Command:
        """Return a whole plan."""
        plan = {
            "action_type": action,
            "target_file": self.find.file_of(chapter),
            "assigned_agent": role,
            "context_notes": note,
        }
        return cmd.Assign(payload=plan)

    def run_until(self, *said: Value) -> cmd.Command:
        """RUN until the first of some limits: pairs of a name and a value."""
        limits: dict[str, Any] = dict(zip(map(str, said[::2]), said[1::2], strict=True))
        if chapter := limits.pop("chapter", None):
            limits["until_chapter"] = self.find.chapter(str(chapter))
        return cmd.Run(**limits)


def _fitting(field: str, value: Value) -> Value:
    if field in WHOLE_FIELDS | NUMBER_FIELDS:
        if isinstance(value, str):
            raise NotFound(tr("{field} is a number", field=field))
        return int(value) if field in WHOLE_FIELDS else float(value)
    if not isinstance(value, str):
        raise NotFound(tr("{field} is a text", field=field))
    return value


Make = Callable[..., cmd.Command | Commands]
_PICTURES: Final[dict[str, Make]] = {
    "approve": lambda on, which: cmd.Approve(request_id=on.find.picture(which)),
    "reject": lambda on, which: cmd.Reject(request_id=on.find.picture(which)),
    "stage": lambda on, which: cmd.Stage(request_id=on.find.picture(which)),
    "pin": lambda on, which, kept: cmd.Pin(request_id=on.find.picture(which), on=kept),
    "again": lambda on, which, words="", seed=None: cmd.Rerender(
        request_id=on.find.picture(which), prompt=words or None, seed=seed
    ),
    "caption": lambda on, which, words: cmd.EditCaption(request_id=on.find.picture(which), text=words),
    "overrule": lambda on, which: cmd.Overrule(request_id=on.find.picture(which), take=False),
    "cancel_picture": lambda on, which: cmd.CancelRender(request_id=on.find.render(which)),
    "card_picture": Orders.card_picture,
}
_WALLS: Final[dict[str, Make]] = {
    "follow_wall": lambda on, which: cmd.FollowWall(wall=on.find.wall(which).name, follow=True),
    "pin_wall": lambda on, which, picture=None: cmd.FollowWall(
        wall=on.find.wall(which).name, follow=False, request_id=None if picture is None else on.find.picture(picture)
    ),
    "black_wall": lambda on, which, black: cmd.Black(on=black, walls=(on.find.wall(which).name,)),
    "test_card": lambda on, which, shown: cmd.TestCard(wall=on.find.wall(which).name, on=shown),
    "identify": lambda on, which=None: cmd.Identify(wall=None if which is None else on.find.wall(which).name),
    "send_again": lambda on, which: cmd.SendAgain(wall=on.find.wall(which).name),
    "release_wall": lambda on, which: cmd.ReleaseWall(wall=on.find.wall(which).name),
    "name_wall": lambda on, which, title: cmd.NameWall(wall=on.find.wall(which).name, title=title),
    "wall_screen": lambda on, which, place: cmd.AssignScreen(
        wall=on.find.wall(which).name, screen=on.find.screen(on.find.wall(which), place)
    ),
    "wall_fit": lambda on, which, fit: on.map(which, lambda _now: {"fit": fit}),
    "wall_rotate": lambda on, which, degrees: on.map(which, lambda _now: {"rotate": degrees}),
    "wall_crop": Orders.crop,
    "wall_corner": Orders.corner,
    "wall_brightness": lambda on, which, amount: on.map(which, lambda _now: {"brightness": amount}),
    "wall_contrast": lambda on, which, amount: on.map(which, lambda _now: {"contrast": amount}),
    "wall_straight": lambda on, which: on.map(which, lambda _now: WallMap().model_dump()),
}
_LOOK: Final[dict[str, Make]] = {
    "captions": lambda on, shown: on.captions(shown),
    "caption_size": lambda on, size: on.captions(size=size),
    "caption_plate": lambda on, plate: on.captions(plate=plate),
    "caption_place": lambda on, place: on.captions(place=place),
    "caption_margin": lambda on, margin: on.captions(margin=margin),
    "choose_safe_look": lambda on, which=None: cmd.SetSafeLook(
        request_id=None if which is None else on.find.picture(which)
    ),
    "house_card": lambda on, card, which=None: cmd.SetCard(
        which=card, request_id=None if which is None else on.find.picture(which)
    ),
}
_ENGINE: Final[dict[str, Make]] = {
    "run_until": Orders.run_until,
    "edit_line": lambda on, line, words: cmd.EditInput(input_id=on.find.line(line), text=words),
    "move_line": lambda on, line, place: cmd.MoveInput(input_id=on.find.line(line), index=place - 1),
    "withdraw_line": lambda on, line: cmd.WithdrawInput(input_id=on.find.line(line)),
    "assign": Orders.assign,
    "force_target": lambda on, chapter, words: cmd.Override(instruction=words, target=on.find.chapter(chapter)),
    "lock_chapter": lambda on, chapter, locked: cmd.LockChapter(chapter_id=on.find.chapter(chapter), locked=locked),
    "clear_notes": lambda on, chapter: cmd.ForgetNotes(chapter_id=on.find.chapter(chapter)),
    "accept_story": lambda on, story, words=None: cmd.DecideStory(
        story_id=on.find.story(story), verdict="accept", text=words
    ),
    "ignore_story": lambda on, story: cmd.DecideStory(story_id=on.find.story(story), verdict="ignore"),
    "forget_story": lambda on, story: cmd.DecideStory(story_id=on.find.story(story), verdict="forget"),
    "waive": lambda on, check: cmd.WaiveCheck(check=on.find.check(check)),
}
_TEXTS: Final[dict[str, Make]] = {
    "set_persona": Orders.set_persona,
    "try_persona": lambda on, role, task="": cmd.TryPersona(role=role, persona=on.persona(role), instructions=task),
}
_REHEARSAL: Final[dict[str, Make]] = {
    "bench_brain": lambda on, brain: on.bench(brain=brain, most_usd=0.0),
    "bench_live": lambda on, most: on.bench(brain="live", most_usd=most),
    "bench_faults": lambda on, profile="": on.bench(fault_profile=profile),
    "bench_first_word": lambda on, seconds: on.bench(first_token_s=seconds),
    "bench_pace": lambda on, tokens: on.bench(tokens_per_s=tokens),
    "bench_speed": lambda on, speed: on.bench(speed=speed),
    "bench_watermark": lambda on, shown: on.bench(watermark=shown),
}
_PLAIN: Final[dict[str, Make]] = {
    "card": lambda words: cmd.AddCard(text=words),
    "transition": lambda kind, seconds: cmd.SetTransition(kind=TransitionKind(kind), seconds=seconds),
    "house_card_text": lambda card, words: cmd.SetCard(which=card, text=words),
    "try_card": lambda card, shown: cmd.TryCard(which=card if shown else None),
    "undo_file": lambda path: cmd.Undo(path=path),
    "redo_file": lambda path: cmd.Redo(path=path),
    "restore_file": lambda path, revision: cmd.RestoreRevision(path=path, revision=revision),
    "apply_draft": lambda file, applied: cmd.ApplyDraft(draft_id=draft_of(file), on=applied),
    "discard_draft": lambda file: cmd.DiscardDraft(draft_id=draft_of(file)),
    "keep_rehearsal": lambda copy, title="": cmd.KeepRehearsal(name=copy, title=title),
    "drop_rehearsal": lambda copy: cmd.ThrowAwayRehearsal(name=copy),
    "prune_rehearsals": lambda days: cmd.PruneRehearsals(days=days),
    "replay": lambda copy="": cmd.StartReplay(name=copy),
    "replay_seek": lambda place: cmd.SeekReplay(place=place),
    "replay_speed": lambda speed: cmd.SetReplaySpeed(speed=speed),
}
"""What is asked as it was said."""
_MADE: Final = {**_PICTURES, **_WALLS, **_LOOK, **_ENGINE, **_TEXTS, **_REHEARSAL}
MADE: Final = frozenset({*_PLAIN, *_MADE})
"""The addresses whose commands are made here."""
