"""D6: chapters in any encoding, or in none, go through everything a show does to texts: no byte changes unasked.

Each round trip is a chapter another program wrote: scanned, read by a cycle, opened in the editor, kept as a draft,
edited by hand, undone, redone, brought back, written to by a role's tools, a passage put back. What is asked for
changes just the place that was asked for; of what is left alone the operator is told.
"""

import random
from collections.abc import Callable

from tests.fakes.engine import Bench, a_company, engine_on
from tests.fakes.show import make_show, write_chapter
from tests.faults.case import Case, Figure, Run, none_of
from textcraft_core import agent_tools
from textcraft_core import commands as cmd
from textcraft_core.engine.history_commands import HISTORY_COMMANDS
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Warned
from textcraft_core.record.history import History
from textcraft_core.show.text_bytes import text_of
from textcraft_core.show.writer import ShowWriter
from textcraft_gui.models.typing_in import as_field, typed

NAME = "ch01_Odd.md"
INNER, PATH = f"manuscripts/{NAME}", f"data/manuscripts/{NAME}"
ANCHOR = "anchor"
WORDS = "Où est l'été ? « Là-bas », dit-il… naïvement — 物語 😀\u00a0! Ça y est.\u2028Non\u2029Si"
ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"),
    *("latin-1", "cp1252", "mac_roman", "shift_jis", "cp437"),
)
ODD_BYTES = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a"),
    *(b"\xed\xa0\x80", b"\xc3", b"\xa9", b"\xf4\x90\x80\x80", b"\xc0\xaf"),
)
LINE_ENDS = ("\n", "\r\n", "\r", "\n\r", "\x85", "\x0b")
SHOWS = 40
"""Round trips in one show; then another one is begun, for its journal and its scan grow."""


class Trip:
    """One chapter on its way; `bad` says where a byte changed that nobody asked for."""

    def __init__(self, bench: Bench, original: bytes, number: int) -> None:
        self._bench, self.original = bench, original
        self._word = f"word{number}"
        self._path = bench.show.manuscripts / NAME
        self.bad: list[str] = []
        self.untold = 0

    async def go(self) -> None:
        """All of it."""
        write_chapter(self._bench.show, NAME, self.original)
        await self._bench.engine.step()
        self._is("after a cycle", self.original)
        await self._in_the_editor()
        edited = await self._by_hand()
        await self._back_and_forth(edited)
        await self._by_a_role()

    async def _in_the_editor(self) -> None:
        """Opened, looked at, kept as a draft that says the same, saved as it is."""
        base = text_of(self.original)
        same = typed(base, as_field(base))
        await self._do(cmd.SaveDraft(path=INNER, base=base, content=same))
        await self._do(cmd.ApplyDraft(draft_id=INNER))
        await self._bench.engine.step()
        self._is("after a draft nobody typed in", self.original)
        await self._do(cmd.SaveManuscript(path=INNER, text=same, base=base))
        self._is("after a save of what was there", self.original)

    async def _by_hand(self) -> bytes:
        """One word is typed behind the anchor, one is put before its second place."""
        base = text_of(self.original)
        seen = as_field(base)
        first, second = seen.index(ANCHOR), seen.rindex(ANCHOR)
        once = typed(base, seen[:second] + self._word + seen[second:])
        twice = typed(once, as_field(once).replace(ANCHOR, f"{ANCHOR} {self._word}", 1))
        at = self.original.rindex(ANCHOR.encode())
        wanted = self.original[:at] + self._word.encode() + self.original[at:]
        wanted = wanted.replace(ANCHOR.encode(), f"{ANCHOR} {self._word}".encode(), 1)
        assert first < second
        await self._do(cmd.SaveManuscript(path=INNER, text=twice, base=base))
        self._is("after two words were typed", wanted)
        return wanted

    async def _back_and_forth(self, edited: bytes) -> None:
        await self._do(cmd.Undo(path=PATH))
        self._is("after undo", self.original)
        await self._do(cmd.Redo(path=PATH))
        self._is("after redo", edited)
        history = History(self._bench.journal)
        oldest = next(each for each in history.versions(PATH) if history.content(PATH, each.revision) == self.original)
        await self._do(cmd.RestoreRevision(path=PATH, revision=oldest.revision))
        self._is("after it was brought back", self.original)

    async def _by_a_role(self) -> None:
        """A role adds a passage where it may; it is taken out by hand, and put back. Elsewhere it is refused."""
        passage = f"\nA passage {self._word} of a role.\n"
        show, journal = self._bench.show, self._bench.journal
        context = agent_tools.ToolContext(show, ShowWriter(show, journal), "narrator")
        told = agent_tools.run("append_file", {"path": INNER, "content": passage}, context, ["append_file"])
        if told.status != agent_tools.SUCCESS:
            self._is("after a role was refused", self.original)
            self.untold += not self._was_warned()
            return
        whole = self.original + passage.encode()
        self._is("after a role wrote", whole)
        base = text_of(whole)
        other = f"\nBy hand {self._word}.\n"
        await self._do(cmd.SaveManuscript(path=INNER, text=base.replace(passage, other), base=base))
        replaced = [each for each in History(journal).alternatives(PATH) if self._word in each.text]
        if not replaced:
            self.bad.append("the replaced passage is not offered")
            return
        await self._do(cmd.RestorePassage(path=PATH, revision=replaced[0].revision))
        self._is("after a passage was put back", whole)

    def _was_warned(self) -> bool:
        return any("it is left alone" in event.text for event in self._bench.of(Warned))

    async def _do(self, command: cmd.Command) -> None:
        try:
            engine = self._bench.engine
            await (engine.history.handle if isinstance(command, HISTORY_COMMANDS) else engine.handle)(command)
        except CommandRefused as refused:
            self.bad.append(f"{type(command).__name__}: {refused}")

    def _is(self, when: str, wanted: bytes) -> None:
        found = self._path.read_bytes()
        if found != wanted:
            self.bad.append(f"{when}: {_first_difference(found, wanted)}")


def _first_difference(found: bytes, wanted: bytes) -> str:
    at = next((at for at, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), len(wanted))
    return f"at byte {at}: {found[at : at + 12]!r}, not {wanted[at : at + 12]!r}"


async def inject(run: Run) -> list[Figure]:
    """Let so many chapters go through."""
    chance, bad, untold, left = random.Random(6), [], 0, run.count
    odd = 0
    while left:
        folder = run.folder / f"left-{left}"
        async with engine_on(make_show(folder, {NAME: 1, "ch02_Other": 60}), a_company()) as bench:
            # The cycles' own roles write elsewhere: what they did here would be asked for.
            await bench.engine.handle(cmd.LockChapter(chapter_id="ch01", locked=True))
            for number in range(min(left, SHOWS)):
                trip = Trip(bench, a_chapter(chance), number)
                await trip.go()
                odd += not _is_utf8(trip.original)
                bad += trip.bad
                untold += trip.untold
            left -= min(left, SHOWS)
    return [
        none_of("round trips not byte for byte", bad, run.count),
        none_of("chapters left alone and not told so", untold, run.count),
        Figure(
            "chapters that were no UTF-8", f"{odd} of {run.count}", "> half, < all", run.count / 2 < odd < run.count
        ),
    ]


def a_chapter(chance: random.Random) -> bytes:
    """Return the bytes of one chapter, the anchor in them twice, between anything."""
    encoding = chance.choice((*ENCODINGS, *["utf-8"] * 6))
    pieces: list[Callable[[], bytes]] = [
        lambda: _some(chance, WORDS).encode(encoding, "replace"),
        lambda: chance.choice(LINE_ENDS).encode(encoding, "replace"),
        lambda: chance.choice(ODD_BYTES),
        lambda: bytes(chance.randrange(256) for _ in range(chance.randrange(6))),
    ]
    weights = (6, 3, *chance.choice(((0, 0), (1, 0), (2, 2))))
    parts = [chance.choices(pieces, weights)[0]() for _ in range(chance.randint(4, 60))]
    for _ in range(2):
        parts.insert(chance.randrange(len(parts) + 1), f" {ANCHOR} ".encode())
    return b"".join(parts)


def _some(chance: random.Random, words: str) -> str:
    start = chance.randrange(len(words))
    return words[start : start + chance.randint(1, 20)]


def _is_utf8(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


CASE = Case("D6", "chapters in any encoding", inject, short=20, long=1_000, seconds=90)
