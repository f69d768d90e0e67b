"""What is done with whole shows, in a worker, with progress and a way to end it; knows no widget.

Each piece of work returns where what it made lies, and words about it for the operator.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textcraft_bus.clock import Clock
from textcraft_bus.processes import start_detached
from textcraft_core.book.contents import gather_book
from textcraft_core.book.page import export_html, export_path, to_print
from textcraft_core.events import BenchWork as Progressed
from textcraft_core.events import Event
from textcraft_core.show.bring_in import REPORT, bring_in
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.templates import ShowTemplate, begin_from, templates
from textcraft_gui.machine.report_pdf import write_pdf
from textcraft_gui.rehearsal.bench_work import BenchWork
from textcraft_gui.words.i18n import tr


class ShowLibrary:
    """One thing at a time. Everything raises ShowError, BusError, OSError; CommandRefused when it was ended."""

    def __init__(self, clock: Clock, tell: Callable[[float], None]) -> None:
        """`tell` hears the share that is done, 0–1, on the loop."""
        self._clock = clock
        self._tell = tell
        self._work = BenchWork(self._on_share)

    async def templates(self) -> tuple[ShowTemplate, ...]:
        """Return the shows one can begin from."""
        return await asyncio.to_thread(templates)

    async def begin(self, name: str, folder: Path) -> tuple[Path, str]:
        """Begin a show from a template in a new or empty folder."""
        show = await asyncio.to_thread(begin_from, name, folder)
        return show.root, tr("Your show lies in {folder}.", folder=show.root)

    async def bring_in(self, source: Path, folder: Path) -> tuple[Path, str]:
        """Copy a story folder of another program to a new or empty folder."""
        progress = self._work.begin(_share)
        imported = await asyncio.to_thread(bring_in, source, folder, progress)
        first, *_ = imported.text.splitlines()
        left = tr("{count} left behind; all of it is told in {report}.", count=len(imported.left), report=REPORT)
        return imported.show.root, f"{first} {left}"

    async def hand_out(self, show: ShowFolder, kind: str, *, pictures: bool) -> tuple[Path, str]:
        """Write the manuscript into the show's exports/ as "html" or "pdf"."""
        progress = self._work.begin(_share)

        def printed() -> Path:
            book = gather_book(show, pictures=pictures)
            path = export_path(show, book, self._clock.now(), ".pdf")
            write_pdf(to_print(book, progress), book.title, path)
            return path

        def page() -> Path:
            return export_html(show, self._clock, pictures=pictures, progress=progress)

        path = await asyncio.to_thread(printed if kind == "pdf" else page)
        return path, tr("The manuscript lies at {path}.", path=path)

    async def open(self, folder: Path) -> None:
        """Open a show in a console of its own; this one keeps its show."""
        arguments = ["--project", str(folder), "--mode", "edit"]
        await asyncio.to_thread(start_detached, "textcraft", arguments, "console-of-another-show")

    async def cancel(self) -> None:
        """End what is under way."""
        await self._work.cancel()

    def _on_share(self, event: Event) -> None:
        if isinstance(event, Progressed) and event.fraction is not None:
            self._tell(event.fraction)


def _share(fraction: float) -> Event:
    return Progressed(fraction=fraction)
