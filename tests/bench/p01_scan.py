"""P1 and P2: what a scan of a long book costs beside walking its folder, and beside reading it."""

from collections.abc import Callable
from functools import partial

from tests.bench.measure import Figure, Measure, Run, interleaved, p50
from tests.bench.shows import long_show, walk
from textcraft_bus.clock import SystemClock
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import MatrixStore

CHAPTERS = 3000


def measure_warm(run: Run) -> list[Figure]:
    """Measure scans with nothing changed: in a process that scanned before, and the first one of a process."""
    show, clock = long_show(run, CHAPTERS), SystemClock()
    store, scanner = MatrixStore(show, clock), Scanner(show, Bible(show, clock))
    store.save(scanner.scan(store.load(), clock).matrix)
    scanner.close()
    rounds = run.rounds(31, 9)
    again, first, bare = interleaved(
        rounds, lambda: scanner.scan(store.load(), clock), _first_scan(show, store), partial(walk, show.manuscripts)
    )
    walked = p50(bare)
    return [
        Figure("warm scan of 3,000 chapters", p50(again), 1.6 * walked, "1.6 × scandir+stat", walked),
        Figure("first scan of a process", p50(first), 3 * walked, "3 × scandir+stat", walked),
    ]


def measure_cold(run: Run) -> list[Figure]:
    """Measure a scan that knows nothing yet; the pages are in memory for both."""
    show, clock = long_show(run, CHAPTERS), SystemClock()
    matrix = MatrixStore(show, clock).load()

    def scan() -> None:
        (show.root / "journal.scan").unlink(missing_ok=True)
        Scanner(show, Bible(show, clock)).scan(matrix, clock)

    ours, bare = interleaved(run.rounds(5, 2), scan, partial(_read_all, show))
    return [Figure("cold scan of 3,000 chapters", p50(ours), p50(bare), "1.0 × read_text and split", p50(bare))]


def _first_scan(show: ShowFolder, store: MatrixStore) -> Callable[[], object]:
    clock = SystemClock()
    return lambda: Scanner(show, Bible(show, clock)).scan(store.load(), clock)


def _read_all(show: ShowFolder) -> int:
    return sum(len(path.read_text(encoding="utf-8").split()) for path in show.manuscripts.iterdir())


WARM = Measure("P1", "scan of an unchanged long book", "≤ 1.6 × bare walk; the first of a process ≤ 3 ×", measure_warm)
COLD = Measure("P2", "scan of a long book that nobody knows yet", "≤ 1.0 × reading and splitting", measure_cold)
