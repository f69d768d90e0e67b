"""The real headless core keeps two image servers; one is killed in the middle of a picture, the other one paints it."""

import asyncio

import psutil
import pytest

from tests.support.journal import told
from tests.support.programs import ours, programs
from tests.support.waiting import until
from tests.textcraft_image_server.servers import Connection, ImagesAPI, Request
from textcraft_core.show.folder import new_show

PACE = ("--textcraft.cycle-seconds", "0", "--rehearsal.tokens-per-s", "400")


class Slow(ImagesAPI):
    """An Images API whose first answer never comes; who asked for it is known by the port it asked from."""

    def __init__(self) -> None:
        super().__init__()
        self.first_from = 0

    async def _ok(self, request: Request, connection: Connection) -> None:
        if not self.first_from:
            self.first_from = connection.writer.get_extra_info("peername")[1]
            await connection.until_left()
        else:
            await super()._ok(request, connection)


def asker(port: int) -> psutil.Process:
    """The process of this test that a connection came from."""
    found = [one for one in ours() if any(at.laddr.port == port for at in one.net_connections("tcp"))]
    return found[0]


@pytest.mark.timeout(150)
async def test_the_job_of_a_killed_image_server_ends_once_on_the_other(tmp_path):
    show = new_show(tmp_path / "show")
    async with Slow().serving() as server:
        (show.root / "image_server.toml").write_text(
            f'generator = "openai"\n[openai]\nbase_url = "{server.base_url}"\nsizes = ""\n'
        )
        with programs(tmp_path) as started:
            core = started.start("textcraft-core", "--project", str(show.root), "--textcraft.image-servers", "2", *PACE)
            await until(lambda: server.first_from or core.process.poll() is not None, 60, "the first picture's request")
            assert core.process.poll() is None, core.output
            await until(lambda: len(painters(show)) == 2, 30, "both image servers")
            job = told(show, "RenderAccepted")[0]
            victim = await asyncio.to_thread(asker, server.first_from)
            victim.kill()
            await until(lambda: ends(show, job["request_id"]), 60, "an end of the job")
            accepted = [one for one in told(show, "RenderAccepted") if one["request_id"] == job["request_id"]]
            assert [one["attempt"] for one in accepted] == [1, 2]
            first, second = (one["worker"] for one in accepted)
            assert {first, second} == painters(show)
            pids = {one["service"]: one["pid"] for one in told(show, "ServiceStarted")[:2]}
            assert pids[f"image_server.{first.rpartition('.')[2]}"] == victim.pid

            await until(lambda: len(told(show, "ServiceStarted")) == 3, 30, "the killed one to be started again")
            assert told(show, "ServiceEnded")[0]["service"].endswith(first.rpartition(".")[2])
            done = len(told(show, "ImageArrived"))
            await until(lambda: len(told(show, "ImageArrived")) > done, 60, "the next picture")
            assert ends(show, job["request_id"]) == ["ImageArrived"]
            core.process.terminate()
            assert await asyncio.to_thread(core.wait) == 0, core.output


def painters(show) -> set[str]:
    return {one["service"] for one in told(show, "ServiceSeen")}


def ends(show, request_id: str) -> list[str]:
    """How the job ended, each time it did."""
    return [
        name for name in ("ImageArrived", "RenderFailed") for one in told(show, name) if one["request_id"] == request_id
    ]
