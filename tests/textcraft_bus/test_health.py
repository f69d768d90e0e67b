"""What a monitor of the ecosystem reads of each service."""

import json
from datetime import datetime, timedelta

from tests.support.waiting import until
from textcraft_bus.base_service import BaseService
from textcraft_bus.config import BaseServiceConfig
from textcraft_bus.health import Health, HealthFile, HealthStatus
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
