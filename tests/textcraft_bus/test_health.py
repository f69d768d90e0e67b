"""What a monitor of the ecosystem reads of each service."""

import json
import os
from datetime import datetime, timedelta

import pytest

from tests.support.waiting import until
from textcraft_bus.base_service import BaseService
from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.health import Health, HealthCheck, HealthFile, HealthStatus, gravest, read_health
from textcraft_bus.tasks import Tasks
from textcraft_core.config import TextCraftCoreConfig
from textcraft_display.config import DisplayConfig
from textcraft_image_server.config import ImageServerConfig


class Ill(BaseService):
    def health(self):
        return Health(HealthStatus.ERROR, "out of paint", {"queue": 3})


class Guided(BaseServiceConfig):
    service_name: str = "your_project_core"


def read(path):
    return json.loads(path.read_text())


async def test_a_service_keeps_its_file_while_it_runs_and_is_unknown_after(tmp_path):
    service = Ill(BaseServiceConfig(health_dir=tmp_path / "not" / "yet"))
    path = tmp_path / "not" / "yet" / "textcraft.json"
    await service.start()
    await until(path.is_file)
    told = read(path)
    assert (told["overall_status"], told["message"], told["details"]) == ("error", "out of paint", {"queue": 3})
    looked = datetime.fromisoformat(told["last_check"])
    assert looked.tzinfo is None
    assert abs(datetime.now() - looked) < timedelta(seconds=60)
    await service.stop()
    assert read(path)["overall_status"] == "unknown"


def test_the_file_is_the_monitor_s_to_the_letter(tmp_path):
    """The keys its reader has, in its own writer's order, each of its type."""
    file = HealthFile(tmp_path, "core", "textcraft-core")
    file.write(Health.of(HealthCheck("disk", HealthStatus.HEALTHY), HealthCheck("wall", HealthStatus.ERROR, "lost")))
    told = read(tmp_path / "core.json")
    monitor = ["service_name", "overall_status", "checks", "last_updated", "uptime", "restart_count", "error_count"]
    assert list(told)[:8] == [*monitor, "last_check"]
    assert (told["service_name"], told["overall_status"], told["error_count"]) == ("textcraft-core", "error", 1)
    assert [list(check) for check in told["checks"]] == [["name", "status", "message", "timestamp", "metadata"]] * 2
    assert told["message"] == "lost"
    assert told["uptime"] >= 0


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ((), "unknown"),
        (("unknown",), "unknown"),
        (("unknown", "healthy"), "healthy"),
        (("healthy", "warning"), "warning"),
        (("error", "warning", "healthy"), "error"),
        (("error", "fatal"), "fatal"),
    ],
)
def test_the_whole_is_as_grave_as_its_gravest_part(parts, whole):
    assert gravest(HealthStatus(part) for part in parts) == whole


async def test_a_change_is_written_at_once(tmp_path):
    ill = [Health()]
    file = HealthFile(tmp_path, "core", "core")
    tasks = Tasks()
    tasks.start(file.keep(lambda: ill[0]), name="health file")
    await until(file.path.is_file)
    ill[0] = Health(HealthStatus.WARNING, "no core")
    await until(lambda: read(file.path)["overall_status"] == "warning", 30)
    await tasks.stop()
    assert read(file.path)["message"] == "stopped"


def test_files_of_ours_and_of_others_are_read_and_nonsense_is_left_out(tmp_path):
    HealthFile(tmp_path, "core", "core").write(Health(HealthStatus.WARNING, "a fault"))
    (tmp_path / "audio.json").write_text('{"overall_status": "FATAL", "last_check": "2020-01-01T00:00:00"}')
    (tmp_path / "odd.json").write_text('{"overall_status": "fine", "last_check": 7}')
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "broken.json").write_bytes(b"\0\0")
    (tmp_path / "aware.json").write_text('{"overall_status": "healthy", "last_check": "2020-01-01T00:00:00+00:00"}')
    found = {seen.name: seen for seen in read_health(tmp_path)}
    assert set(found) == {"core", "audio", "aware"}
    assert (found["core"].health.status, found["core"].pid) == (HealthStatus.WARNING, os.getpid())
    assert found["audio"].age > 1e8
    assert read_health(tmp_path / "missing") == []


@pytest.mark.parametrize("pid", [-1, True, 2**31, 10**30])
def test_a_process_number_no_system_has_is_none(tmp_path, pid):
    HealthFile(tmp_path, "odd", "odd").write(Health())
    told = json.loads((tmp_path / "odd.json").read_text())
    (tmp_path / "odd.json").write_text(json.dumps({**told, "pid": pid}))
    assert [one.pid for one in read_health(tmp_path)] == [0]


async def test_without_a_folder_it_lies_in_the_machine_s_logs(textcraft_home):
    service = BaseService(BaseServiceConfig())
    await service.start()
    await until((textcraft_home / "logs" / "health" / "textcraft.json").is_file)
    await service.stop()


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    file = HealthFile(tmp_path / "file", "core", "core")
    file.write(Health())
    file.write(Health())
    assert len([record for record in caplog.records if "no health file" in record.message]) == 1


def test_the_file_s_name_is_the_type_of_the_service():
    assert ImageServerConfig().health_file().path.name == "image_server.json"
    assert ImageServerConfig(service_name="painter2").health_file().path.name == "image_server.painter2.json"
    assert DisplayConfig().health.path.name == "display.json"
    assert DisplayConfig(wall="brick").health.path.name == "display.brick.json"
    assert TextCraftCoreConfig().health_file().path.name == "core.json"
    assert Guided().health_file().path.name == "core.json"
    assert {status.value for status in HealthStatus} == {"healthy", "warning", "error", "fatal", "unknown"}
