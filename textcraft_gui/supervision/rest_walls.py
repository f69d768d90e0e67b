"""`textcraft rest-walls`: puts the walls of a show whose console is gone on their safe look, then ends.

A core for some seconds, with the scenes of restore.json and nothing else: no engine, no window. Outside SHOW nobody
looks at the walls, and what is left of the services is ended.
"""

import asyncio
import contextlib
import logging
import sys

from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Layer, Mode, Role, WallScene
from textcraft_bus.cli import Parser, fail, say
from textcraft_bus.clock import SystemClock
from textcraft_bus.config import ConfigError
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError, Unheard
from textcraft_bus.health import HealthStatus
from textcraft_bus.logs import setup_logging
from textcraft_bus.notices import Notice
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameLock, NameTaken, Record, end_process, running_services
from textcraft_bus.redaction import Redactor
from textcraft_bus.webhook import Webhook
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.errors import EngineError
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_core.stage.walls import restore
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.session.which_show import SHOW_HELP, the_show

log = logging.getLogger(__name__)

PROGRAM = "textcraft-rest-walls"
DESCRIPTION = (
    "Puts the walls of a show whose console is gone on their safe look, then ends. Exit code 0: every wall confirmed "
    "it; 1: one did not; 3: a console has the show open, use SAFE LOOK there."
)
ANSWER_SECONDS = 15.0
"""So long the walls may take to find this core and to paint; they look for one each second."""


def main(words: list[str]) -> int:
    """Do it; returns the exit code: 0 when every wall of the show confirmed, 1 when one did not, 3 with a console."""
    parser = Parser("textcraft rest-walls", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--project", metavar="DIR", help=SHOW_HELP)
    parser.add_argument(
        "--alarm", metavar="TEXT", default="", help="send this as a notice, as [notify] of the show says"
    )
    options = parser.parse_args(words)
    try:
        logs = setup_logging(PROGRAM, log_folder(), "INFO", console=False)
    except BusError as error:
        fail(parser.prog, error)
    try:
        show = the_show(options.project)
        _give_alarm(show, options.alarm, logs.redactor)
        lock = NameLock(f"console.{show_id(show)}")
        lock.acquire("", "")
        try:
            return asyncio.run(rest(show))
        finally:
            lock.release()
    except NameTaken as taken:
        return _fail(f"a console has this show open (process {taken.pid}): use SAFE LOOK there", EXIT_NAME_TAKEN)
    except (BusError, EngineError, OSError) as error:
        return _fail(str(error), 1)
    finally:
        logs.close()


def _give_alarm(show: ShowFolder, text: str, redactor: Redactor) -> None:
    """Tell by webhook what no console can tell any more; settings that cannot be read name nobody."""
    try:
        url = TextCraftCoreConfig.from_overrides(config_file=show.root / "core.toml").notify.webhook if text else ""
    except ConfigError:
        return
    if url:
        redactor.add(url)
        try:
            webhook = Webhook(url, redactor.clean)
        except ValueError as error:
            log.warning("[notify] %s", error)
            return
        webhook.send(Notice("console", HealthStatus.FATAL, text, show.root.name))
        webhook.close()


async def rest(show: ShowFolder) -> int:
    """Put every wall of the show on its safe look, or end what no audience looks at."""
    kept = restore.load(show.restore, SystemClock())
    left = running_services(show_id(show))
    if kept.playout.mode is not Mode.SHOW:
        await asyncio.gather(*(asyncio.to_thread(end_process, record.pid, record.started) for record in left))
        return 0
    walls = {record.peer: record for record in left if record.peer.startswith(f"{Role.WALL}.")}
    return await _show_safe_look(show, kept, walls) if walls else 0


async def _show_safe_look(show: ShowFolder, kept: Restore, walls: dict[str, Record]) -> int:
    waiting, all_rest = set(walls), asyncio.Event()

    def heard(fact: facts.Fact) -> None:
        if isinstance(fact, facts.WallShown) and fact.shown.layer is not Layer.PROGRAM:
            waiting.discard(fact.peer)
            if not waiting:
                all_rest.set()

    port = int(next(iter(walls.values())).endpoint.rpartition(":")[2])
    hub = Hub(
        heard, asyncio.get_running_loop(), SystemClock(), show_id=show_id(show), mode=Mode.SHOW, port=port,
        nonce_folder=show.images,
    )  # fmt: skip
    await hub.start()
    try:
        playout = Playout(kept.playout)
        for peer in walls:
            hub.set_scene(peer, resting(playout.scene_for(peer.partition(".")[2], kept.scene + 1)))
        async with asyncio.timeout(ANSWER_SECONDS):
            await all_rest.wait()
    except TimeoutError:
        return _fail(f"{', '.join(sorted(waiting))} did not answer", 1)
    finally:
        await hub.stop()
    at_rest = f"at rest: {', '.join(sorted(walls))}"
    log.info("%s", at_rest)
    with contextlib.suppress(Unheard):  # they rest all the same
        say(at_rest)
    return 0


def resting(scene: WallScene) -> WallScene:
    """The same scene with the safe look above its picture; a wall that is black stays black."""
    layer = Layer.BLACK if scene.layer is Layer.BLACK else Layer.SAFE_LOOK
    return scene.model_copy(update={"layer": layer})


def _fail(text: str, code: int) -> int:
    """Tell what is wrong, to the log's file and to whoever called: the log of this program goes to its file alone."""
    log.error("%s", text)
    if sys.stderr is not None:
        sys.stderr.write(f"textcraft rest-walls: {text}\n")
    return code
