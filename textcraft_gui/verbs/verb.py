"""Everything an operator can do, by name, and what belongs together; knows no key, no widget and no command."""

from enum import StrEnum
from typing import Final


class Verb(StrEnum):
    """Everything an operator can do from this window."""

    STEP = "step"
    RUN = "run"
    PAUSE = "pause"
    TOGGLE_RUN = "toggle run"
    STOP = "stop the cycle"
    NUDGE = "nudge"
    WITHDRAW = "withdraw a line"
    EDIT_LINE = "edit a line"
    MOVE_LINE = "move a line"
    ASSIGN = "assign a plan"
    DECIDE_STORY = "decide on a story"
    TAKE = "take"
    BACK = "back"
    AUTO = "auto"
    DELAY_AUTO = "delay auto"
    SKIP = "skip"
    HOLD = "hold"
    SAFE_LOOK = "safe look"
    BLACK = "black"
    PAUSE_AI = "pause ai"
    PANIC = "panic"
    RESTORE = "restore"
    STAGE = "stage"
    STAGE_NEXT = "stage next"
    STAGE_PREVIOUS = "stage previous"
    APPROVE = "approve"
    REJECT = "reject"
    CAPTION = "caption"
    PIN = "pin"
    AGAIN = "again"
    CANCEL_RENDER = "cancel a picture"
    OVERRULE = "overrule"
    UNDO = "undo"
    COMPARE = "compare"
    CARD = "card"
    FOLLOW_WALL = "follow or pin a wall"
    WALL_MAP = "map of a wall"
    TRANSITION = "transition"
    CHOOSE_SAFE_LOOK = "choose the safe look"
    CAPTION_STYLE = "captions of the walls"
    CHOOSE_CARD = "choose a card"
    TRY_CARD = "try a card"
    NAME_WALL = "name of a wall"
    ASSIGN_SCREEN = "screen of a wall"
    IDENTIFY = "identify"
    TEST_CARD = "test card"
    BLACK_WALL = "black of a wall"
    SEND_AGAIN = "send again"
    RELEASE_WALL = "release a wall"
    START_PARKED = "start what ended too often"
    MARK = "mark"
    OPEN_DAY = "open the day"
    CLOSE_DAY = "close now"
    EXTEND_DAY = "15 minutes more"
    PREFLIGHT = "pre-flight"
    WAIVE = "open in spite of it"
    REPORT = "write the report"
    SAVE_PERSONA = "save persona"
    LOCK_CHAPTER = "lock a chapter"
    FORCE_TARGET = "force a target"
    FORGET_NOTES = "clear notes"
    SAVE_TEXT = "save a text"
    SAVE_DRAFT = "keep a draft"
    APPLY_DRAFT = "apply a draft"
    DISCARD_DRAFT = "throw a draft away"
    UNDO_FILE = "undo a file"
    REDO_FILE = "redo a file"
    RESTORE_FILE = "bring a version back"
    TRY_PERSONA = "try a persona"
    STOP_TRIAL = "stop the trial"
    EDIT_MODE = "edit mode"
    REHEARSE_MODE = "rehearse mode"
    SHOW_MODE = "show mode"
    OPEN_FOR_WORK = "open for work"
    LOCK = "lock"
    LEAVE_ALONE = "leave alone"
    TRUST_PROJECT = "trust the show's code"
    KEEP_REHEARSAL = "keep a rehearsal"
    DROP_REHEARSAL = "throw a rehearsal away"
    PRUNE_REHEARSALS = "throw old rehearsals away"
    SET_BENCH = "set the rehearsal"
    CANCEL_BENCH_WORK = "end the copying"
    START_REPLAY = "replay a recording"
    PLAY_REPLAY = "play or pause the replay"
    SEEK_REPLAY = "go to a place of the replay"
    REPLAY_SPEED = "speed of the replay"
    LEAVE_REPLAY = "leave the replay"
    # of this window alone
    PEEK = "peek"
    EDIT_CAPTION = "edit caption"
    HELP = "help"
    FULL_SCREEN = "full screen"
    PALETTE = "palette"
    RUN_LIMITS = "run limits"
    RESET_LAYOUT = "reset the layout"
    LAYOUT_FOR_SHOW = "layout for show"
    FRONT_OF_HOUSE = "front of house"
    SET_PIN = "set the pin"
    SHOWS = "new show"
    SET_UP = "set up"
    MANUAL = "manual"
    SUPPORT_BUNDLE = "support bundle"
    CANCEL_BUNDLE = "end the bundle"
    OSC_ON = "OSC on"
    OSC_OFF = "OSC off"


OF_THE_BOOK: Final = frozenset(
    {
        Verb.STEP, Verb.RUN, Verb.PAUSE, Verb.TOGGLE_RUN, Verb.RUN_LIMITS, Verb.STOP, Verb.NUDGE, Verb.WITHDRAW,
        Verb.EDIT_LINE, Verb.MOVE_LINE, Verb.ASSIGN, Verb.DECIDE_STORY, Verb.SAVE_PERSONA, Verb.LOCK_CHAPTER,
        Verb.FORCE_TARGET, Verb.FORGET_NOTES, Verb.SAVE_TEXT, Verb.SAVE_DRAFT, Verb.APPLY_DRAFT, Verb.DISCARD_DRAFT,
        Verb.UNDO_FILE, Verb.REDO_FILE, Verb.RESTORE_FILE, Verb.TRY_PERSONA, Verb.STOP_TRIAL,
    }
)  # fmt: skip
"""What is asked of the book and its engine: while a recording is played it would be of another book."""

LOOKS: Final = frozenset(
    {
        Verb.PEEK,
        Verb.COMPARE,
        Verb.HELP,
        Verb.MANUAL,
        Verb.PALETTE,
        Verb.FULL_SCREEN,
        Verb.RESET_LAYOUT,
        Verb.OPEN_FOR_WORK,
    }
)
"""What changes nothing of the show: all that whoever reads along may do."""

WITHOUT_SHOW: Final = frozenset({Verb.HELP, Verb.MANUAL, Verb.PALETTE, Verb.FULL_SCREEN, Verb.PANIC})
"""What works while no show is open."""
