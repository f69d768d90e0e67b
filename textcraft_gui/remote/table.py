"""Every OSC address: its verb, its arguments and what it does; and every verb that has none, with the reason.

The one place where this stands: datagrams are read by it, a desk that asks is answered from it, the manual prints it,
and a test walks all verbs past it. Loaded when OSC is switched on or the manual is read, never at the start.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS, TransitionKind
from textcraft_bus.records import dataclass
from textcraft_gui.remote.arguments import (
    MAX_ID,
    MAX_PATH,
    MAX_TEXT,
    Argument,
    figure,
    number_of,
    one_of,
    row,
    switch,
    text,
    text_or_figure,
    whole,
)
from textcraft_gui.verbs.verb import Verb

PREFIX: Final = "/textcraft/"


class Kind(Enum):
    """How an address is worked."""

    PRESS = "a press: no argument, or above 0; 0 is a button let go and means nothing"
    SWITCH = "on or off, by name"
    ASK = "says what in its arguments"
    HELD = "held for a second: 1, then 0"


@dataclass(frozen=True)
class Address:
    """One address. A `fader` may send as fast as it likes: the last of a moment is carried out."""

    name: str
    verb: Verb
    kind: Kind
    does: str
    arguments: tuple[Argument, ...] = ()
    pairs: tuple[Argument, ...] = ()
    """Any of these, each as its name and its value."""
    fader: bool = False


PICTURE: Final = row("picture", "its id, `next` or `live`")
WALL: Final = row("wall", "its name or what people call it")
LINE: Final = row("line")
STORY: Final = row("story")
CHAPTER: Final = text("chapter", MAX_ID, "ch01")
ROLE: Final = text("role", MAX_ID, "narrator")
COPY: Final = text("copy", MAX_ID, "2026-05-01-2014")
FILE: Final = text("file", MAX_PATH, "manuscripts/ch01.md")
CARD: Final = one_of("card", "closed", "end")
_AMOUNT: Final = figure("amount", -1, 1, 0.25)
_SHARES: Final = tuple(figure(side, 0, 1, share) for side, share in zip(("left", "top"), (0.125, 0.125), strict=True))
_SIZES: Final = tuple(figure(side, 0.01, 1, 0.75) for side in ("width", "height"))
_POINT: Final = (figure("x", -1, 2, 0.0), figure("y", -1, 2, 0.0))


def _presses(*rows: tuple[str, Verb, str]) -> Iterable[Address]:
    return (Address(name, verb, Kind.PRESS, does) for name, verb, does in rows)


def _switches(*rows: tuple[str, Verb, str]) -> Iterable[Address]:
    return (Address(name, verb, Kind.SWITCH, does, (switch(),)) for name, verb, does in rows)


def _ask(name: str, verb: Verb, does: str, *arguments: Argument, fader: bool = False) -> Address:
    return Address(name, verb, Kind.ASK, does, arguments, fader=fader)


def _held(name: str, verb: Verb, does: str, *arguments: Argument) -> Address:
    return Address(name, verb, Kind.HELD, does, arguments)


_SHOW: Final = (
    *_presses(
        ("take", Verb.TAKE, "put NEXT onto the walls"),
        ("back", Verb.BACK, "put the previous picture on again"),
        ("next", Verb.STAGE_NEXT, "put the next candidate into NEXT"),
        ("previous", Verb.STAGE_PREVIOUS, "put the one before into NEXT"),
        ("skip", Verb.SKIP, "leave NEXT out"),
        ("delay_auto", Verb.DELAY_AUTO, "let AUTO wait ten seconds longer"),
        ("undo", Verb.UNDO, "take the last take or reject back"),
        ("mark", Verb.MARK, "mark this moment in the journal"),
        ("panic", Verb.PANIC, "safe look on all walls, AUTO off, PAUSE AI on"),
    ),
    _held("restore", Verb.RESTORE, "bring the walls back as they were before PANIC"),
    *_switches(
        ("hold", Verb.HOLD, "freeze what the walls show"),
        ("safe_look", Verb.SAFE_LOOK, "show the safe look"),
        ("black", Verb.BLACK, "fade the walls to black"),
        ("pause_ai", Verb.PAUSE_AI, "ask nothing new of the brain"),
        ("auto", Verb.AUTO, "let approved pictures go up by themselves"),
    ),
)
_ENGINE: Final = (
    *_switches(("run", Verb.TOGGLE_RUN, "run cycle after cycle, or let the running one be the last")),
    *_presses(
        ("step", Verb.STEP, "run one cycle"),
        ("stop", Verb.STOP, "end the running cycle now"),
        ("start_parked", Verb.START_PARKED, "start what ended too often once more"),
    ),
    Address(
        "run_until",
        Verb.RUN_LIMITS,
        Kind.ASK,
        "RUN until the first of these; any of them, each as its name and its value",
        pairs=(
            whole("cycles", 1, 9999, 3),
            figure("minutes", 0.01, 24 * 60, 20),
            figure("spend", 0.01, 10_000, 1.5),
            CHAPTER,
        ),
    ),
    _ask("nudge", Verb.NUDGE, "a line for the Architect", text("words", MAX_TEXT, "bring Mara back")),
    _ask("edit_line", Verb.EDIT_LINE, "change a waiting line", LINE, text("words", MAX_TEXT, "bring Mara home")),
    _ask("move_line", Verb.MOVE_LINE, "give a waiting line another place", LINE, whole("place", 1, 99)),
    _ask("withdraw_line", Verb.WITHDRAW, "take a waiting line back", LINE),
    _ask(
        "assign",
        Verb.ASSIGN,
        "the whole plan of the next cycle; the Architect is not asked",
        ROLE,
        one_of("action", "generate", "edit", "outline"),
        CHAPTER,
        text("note", MAX_TEXT, "Begin with the boat.", empty=True).maybe(),
    ),
    _ask(
        "force_target",
        Verb.FORCE_TARGET,
        "the next cycle works on this chapter",
        CHAPTER,
        text("words", MAX_TEXT, "let it rain"),
    ),
    _ask("lock_chapter", Verb.LOCK_CHAPTER, "lock it, or unlock it", CHAPTER, switch()),
    _ask("clear_notes", Verb.FORGET_NOTES, "clear what editors left at a chapter", CHAPTER),
    _ask(
        "accept_story",
        Verb.DECIDE_STORY,
        "let a visitor's story into the next cycle, in other words if any are given",
        STORY,
        text("words", MAX_TEXT, "a boat came in").maybe(),
    ),
    _ask("ignore_story", Verb.DECIDE_STORY, "leave a visitor's story out", STORY),
    _held("forget_story", Verb.DECIDE_STORY, "take a visitor's words out of everything for good", STORY),
)
_PICTURES: Final = (
    _ask("approve", Verb.APPROVE, "let it pass", PICTURE),
    _ask("reject", Verb.REJECT, "take it out; its file stays", PICTURE),
    _ask("stage", Verb.STAGE, "put it into NEXT", PICTURE),
    _ask("take_picture", Verb.TAKE, "put it into NEXT and onto the walls, under the rules of `take`", PICTURE),
    _ask("pin", Verb.PIN, "keep it for the reserve reel, or let it go", PICTURE, switch()),
    _ask(
        "again",
        Verb.AGAIN,
        "paint it again: with another seed, or with these words and this seed",
        PICTURE,
        text("words", MAX_TEXT, "a boat at dusk", empty=True).maybe(),
        whole("seed", 0, 0x7FFFFFFF, 7).maybe(),
    ),
    _ask("caption", Verb.CAPTION, "change its words", PICTURE, text("words", MAX_CAPTION_CHARS, "The boat")),
    _held("overrule", Verb.OVERRULE, "let it pass although the gate refused it", PICTURE),
    _ask("cancel_picture", Verb.CANCEL_RENDER, "cancel one that is being painted", text("id", MAX_ID, "picture-4")),
    _ask("card", Verb.CARD, "words of one's own, through the same gate", text("words", 600, "Back at nine")),
    _ask(
        "card_picture",
        Verb.CARD,
        "a picture file of one's own, through the same gate",
        text("path", MAX_PATH, "posters/tonight.png"),
        text("caption", MAX_CAPTION_CHARS, "Tonight", empty=True).maybe(),
    ),
)
_WALLS: Final = (
    _ask("follow_wall", Verb.FOLLOW_WALL, "TAKE goes to it again", WALL),
    _ask("pin_wall", Verb.FOLLOW_WALL, "pin it to what it shows, or to that picture", WALL, PICTURE.maybe()),
    _ask("black_wall", Verb.BLACK_WALL, "black for it alone", WALL, switch()),
    _ask("test_card", Verb.TEST_CARD, "the test card for it alone", WALL, switch()),
    _ask("identify", Verb.IDENTIFY, "show the name of each, or of one", WALL.maybe()),
    _ask("send_again", Verb.SEND_AGAIN, "send it its whole scene once more", WALL),
    _ask("release_wall", Verb.RELEASE_WALL, "after SHOW: let it go from what it kept", WALL),
    _ask("name_wall", Verb.NAME_WALL, "what people call it", WALL, text("name", 40, "The stairs", empty=True)),
    _ask(
        "wall_screen",
        Verb.ASSIGN_SCREEN,
        "which of the screens that are free for it; 0 leaves that to the wall",
        WALL,
        whole("screen", 0, MAX_ID),
    ),
    _ask("wall_fit", Verb.WALL_MAP, "how pictures lie on it", WALL, one_of("fit", "fit", "fill", "stretch")),
    _ask("wall_rotate", Verb.WALL_MAP, "turn it", WALL, number_of("degrees", 0, 90, 180, 270)),
    _ask("wall_crop", Verb.WALL_MAP, "the part of the picture that is used", WALL, *_SHARES, *_SIZES, fader=True),
    _ask(
        "wall_corner",
        Verb.WALL_MAP,
        "move one corner: 1 left top, 2 right top, 3 right bottom, 4 left bottom; shares of the wall",
        WALL,
        whole("corner", 1, 4),
        *_POINT,
        fader=True,
    ),
    _ask("wall_brightness", Verb.WALL_MAP, "brighter or darker", WALL, _AMOUNT, fader=True),
    _ask("wall_contrast", Verb.WALL_MAP, "more contrast or less", WALL, _AMOUNT, fader=True),
    _ask("wall_straight", Verb.WALL_MAP, "pictures lie on it as they do usually", WALL),
)
_LOOK: Final = (
    _ask(
        "transition",
        Verb.TRANSITION,
        "how the next take goes over",
        one_of("kind", *TransitionKind),
        figure("seconds", 0, 5, 1.5),
    ),
    _ask("captions", Verb.CAPTION_STYLE, "whether walls show captions", switch()),
    _ask("caption_size", Verb.CAPTION_STYLE, "times the least size", figure("size", 1, 3, 1.5), fader=True),
    _ask("caption_plate", Verb.CAPTION_STYLE, "a dark plate beneath the words, or an outline", switch()),
    _ask("caption_place", Verb.CAPTION_STYLE, "where words stand", one_of("place", "bottom", "top")),
    _ask(
        "caption_margin",
        Verb.CAPTION_STYLE,
        "how far words stay from the edge, of the wall's height",
        figure("margin", 0.02, 0.25, 0.125),
        fader=True,
    ),
    _ask(
        "choose_safe_look",
        Verb.CHOOSE_SAFE_LOOK,
        "the picture of the safe look; none is each wall's own",
        PICTURE.maybe(),
    ),
    _ask("house_card", Verb.CHOOSE_CARD, "the picture of a card of the house; none is as usual", CARD, PICTURE.maybe()),
    _ask(
        "house_card_text", Verb.CHOOSE_CARD, "a text as a card of the house", CARD, text("words", 400, "Until tomorrow")
    ),
    _ask("try_card", Verb.TRY_CARD, "show a card on the walls while it is chosen, or no longer", CARD, switch()),
)
_TEXTS: Final = (
    _ask("undo_file", Verb.UNDO_FILE, "take the last change of a file back", FILE),
    _ask("redo_file", Verb.REDO_FILE, "do it again", FILE),
    _ask("restore_file", Verb.RESTORE_FILE, "bring that version back", FILE, whole("revision", 0, 2**31 - 1, 4)),
    _ask(
        "apply_draft",
        Verb.APPLY_DRAFT,
        "a kept draft comes into use when the next cycle begins, or no longer; forms by name, as `personas`",
        FILE,
        switch(),
    ),
    _held("discard_draft", Verb.DISCARD_DRAFT, "throw a draft away", FILE),
    _ask(
        "set_persona",
        Verb.SAVE_PERSONA,
        "change one value of a persona; its next call uses it; in SHOW only a draft can be applied",
        ROLE,
        one_of("field", "name", "model", "temperature", "max_tokens", "system_prompt"),
        text_or_figure("value", "Storyteller"),
    ),
    _ask(
        "try_persona",
        Verb.TRY_PERSONA,
        "let the brain answer a sample task as this persona; nothing is written",
        ROLE,
        text("task", MAX_TEXT, "two lines about rain", empty=True).maybe(),
    ),
    *_presses(("stop_trial", Verb.STOP_TRIAL, "end that answer")),
)
_REHEARSAL: Final = (
    _ask(
        "bench_brain",
        Verb.SET_BENCH,
        "who plays in a rehearsal: live only where it is free",
        one_of("brain", "rehearsal", "live"),
    ),
    _held(
        "bench_live", Verb.SET_BENCH, "the live brain plays, for so many dollars at most", figure("most", 0.1, 1000, 1)
    ),
    _ask(
        "bench_faults",
        Verb.SET_BENCH,
        "what goes wrong: the name of a profile; none is nothing",
        text("profile", MAX_ID, "flaky").maybe(),
    ),
    _ask(
        "bench_first_word",
        Verb.SET_BENCH,
        "seconds until the brain's first word",
        figure("seconds", 0, 60, 0.5),
        fader=True,
    ),
    _ask("bench_pace", Verb.SET_BENCH, "tokens a second; 0 is all at once", figure("tokens", 0, 1000, 60), fader=True),
    _ask(
        "bench_speed",
        Verb.SET_BENCH,
        "0 is quick, else an evening so many times as fast",
        number_of("speed", 0, 1, 5, 20, 60),
    ),
    _ask("bench_watermark", Verb.SET_BENCH, "REHEARSAL on the walls", switch()),
    _ask(
        "keep_rehearsal",
        Verb.KEEP_REHEARSAL,
        "keep a copy as a telling",
        COPY,
        text("title", MAX_ID, "With Mara", empty=True).maybe(),
    ),
    _held("drop_rehearsal", Verb.DROP_REHEARSAL, "delete a copy for good", COPY),
    _held(
        "prune_rehearsals",
        Verb.PRUNE_REHEARSALS,
        "delete copies older than so many days for good",
        whole("days", 0, 3650, 30),
    ),
    *_presses(("end_copying", Verb.CANCEL_BENCH_WORK, "end the copying that is under way")),
    _ask("replay", Verb.START_REPLAY, "see the recording of the show again, or that of a copy", COPY.maybe()),
    *_switches(("replay_play", Verb.PLAY_REPLAY, "let the replay go on, or rest")),
    _ask(
        "replay_seek",
        Verb.SEEK_REPLAY,
        "stand before this cycle of it; 0 is the beginning",
        whole("place", 0, 1_000_000),
        fader=True,
    ),
    _ask(
        "replay_speed",
        Verb.REPLAY_SPEED,
        "1 is as it was, 0 as fast as it goes",
        figure("speed", 0, 1000, 20),
        fader=True,
    ),
    *_presses(("leave_replay", Verb.LEAVE_REPLAY, "return to where one was")),
)
_HOUSE: Final = (
    *_presses(
        ("open_day", Verb.OPEN_DAY, "pre-flight under the safe look, then the show"),
        ("extend_day", Verb.EXTEND_DAY, "close 15 minutes later"),
        ("preflight", Verb.PREFLIGHT, "look at everything"),
        ("report", Verb.REPORT, "write the report of the day"),
        ("leave_alone", Verb.LEAVE_ALONE, "nobody is here: every question takes its written answer"),
        ("edit_mode", Verb.EDIT_MODE, "go to EDIT"),
        ("rehearse_mode", Verb.REHEARSE_MODE, "go to REHEARSE"),
        ("show_mode", Verb.SHOW_MODE, "go to SHOW"),
        ("open_for_work", Verb.OPEN_FOR_WORK, "hold a show that was only read along"),
        ("usual_layout", Verb.RESET_LAYOUT, "docks and tabs of this mode as they usually are"),
        ("layout_for_show", Verb.LAYOUT_FOR_SHOW, "keep how the docks stand for SHOW too"),
        ("support_bundle", Verb.SUPPORT_BUNDLE, "pack logs and settings into one file, without keys"),
        ("end_bundle", Verb.CANCEL_BUNDLE, "end that packing"),
    ),
    _held("close_day", Verb.CLOSE_DAY, "end card, then the safe look; nothing more is paid"),
    _held("lock", Verb.LOCK, "leave SHOW, or say that somebody is here"),
    _held("waive", Verb.WAIVE, "open in spite of one check of the pre-flight", text("check", MAX_ID, "power")),
    _held("osc_off", Verb.OSC_OFF, "listen to no desk any more"),
    *_switches(
        ("front_of_house", Verb.FRONT_OF_HOUSE, "the large view for gallery staff"),
        ("full_screen", Verb.FULL_SCREEN, "the console takes the whole screen"),
        ("peek", Verb.PEEK, "NEXT in full size over the console"),
    ),
)
GROUPS: Final = {
    "Pictures on the walls, and the stops": _SHOW,
    "The engine and its plans": _ENGINE,
    "Candidates and cards": _PICTURES,
    "Walls": _WALLS,
    "Look": _LOOK,
    "Personas and texts": _TEXTS,
    "Rehearsals and replays": _REHEARSAL,
    "The house and the console": _HOUSE,
}
"""All addresses, in the order the manual prints them."""
ADDRESSES: Final = {address.name: address for group in GROUPS.values() for address in group}

_SHEET: Final = "it opens a sheet over the console and takes its keyboard: whoever sits there does that"
WITHOUT: Final[dict[Verb, str]] = {
    Verb.RUN: "`run` and `run_until` say it",
    Verb.PAUSE: "`run` 0 says it",
    Verb.EDIT_CAPTION: "it moves the keyboard into a field: `caption` says the words instead",
    Verb.COMPARE: _SHEET,
    Verb.HELP: _SHEET,
    Verb.MANUAL: _SHEET,
    Verb.PALETTE: _SHEET,
    Verb.SHOWS: _SHEET,
    Verb.SET_UP: _SHEET,
    Verb.SET_PIN: "a PIN is not sent in the clear",
    Verb.TRUST_PROJECT: "whether a show's own code may run is decided at the console, with the code in sight",
    Verb.SAVE_TEXT: "a text is larger than a datagram: it is written at the console; `apply_draft` puts it into use",
    Verb.SAVE_DRAFT: "editors keep drafts by themselves",
    Verb.OSC_ON: "nobody listens while it is off",
}
"""Verbs without an address, and why."""
