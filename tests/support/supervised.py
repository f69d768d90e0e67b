"""One supervised console of the sample show, as real processes."""

import contextlib
import os
import signal
import sqlite3

import psutil

from tests.support.waiting import wait_until
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.folders import log_folder, service_folder
from textcraft_bus.processes import read_record, running_services
from textcraft_core.show.folder import show_id
from textcraft_core.stage.walls import restore
from textcraft_gui.session.which_show import the_show
from textcraft_gui.supervision import WAITS

QUICK = ("--ports", "free", "--rehearsal.tokens-per-s", "400", "--textcraft.cycle-seconds", "0")


class Supervised:
    """One supervised console of the sample show."""

    def __init__(self, started, *words, quick=QUICK):
        self.show = the_show(None)
        self.id = show_id(self.show)
        self.program = started.start("textcraft", "--supervise", *words, *quick)

    @property
    def console(self):
        """Its process id, None while none runs."""
        record = read_record(service_folder() / "consoles" / f"{self.id}.json")
        return record.pid if record is not None and record.alive() else None

    @property
    def wall(self):
        """The process id of its wall."""
        return next((r.pid for r in running_services(self.id) if r.peer == "wall.wall"), None)

    @property
    def spare(self):
        """The process id of the console that waits behind the one that runs, None while none waits."""
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.program.pid).children()
            return next((one.pid for one in children if one.pid != self.console and WAITS in one.cmdline()), None)
        return None

    @property
    def kept(self):
        """What would come back after a crash."""
        return restore.Restore.model_validate_json(self.show.restore.read_bytes())

    def ready(self, times=1):
        """Whether a console could be used so many times."""
        log = log_folder() / "textcraft.log"
        return log.is_file() and log.read_text().count("the console can be used") >= times

    def warned(self):
        """Every warning of the journal."""
        with sqlite3.connect(self.show.journal) as journal:
            return [body for (body,) in journal.execute("select body from events where name = 'Warned'")]

    def end_walls(self):
        """What a SHOW leaves open goes with the test."""
        for record in running_services(self.id):
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, signal.SIGTERM)

    def stands(self):
        """Wait until the first console plays SHOW before its wall."""
        wait_until(self.ready, 60, "the first console")
        wait_until(lambda: self.wall, 30, "the wall")
        wait_until(lambda: self.kept.playout.mode is Mode.SHOW, 30, "SHOW")
