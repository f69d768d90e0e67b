"""A service runs its tasks from start to stop and says where it is in its life."""

import asyncio
import logging

from tests.support.waiting import until
from textcraft_bus.base_service import BaseService, ServiceState
from textcraft_bus.config import BaseServiceConfig


class Ticking(BaseService):
    def __init__(self):
        super().__init__(BaseServiceConfig(service_name="ticking"))
        self.ticks = 0

    async def start(self):
        self.add_task(self._tick())
        await super().start()

    async def _tick(self):
        while self.running:
            self.ticks += 1
            await self._sleep_if_running(0.001)


async def test_tasks_added_before_the_start_run_until_the_stop():
    service = Ticking()
    assert service.state is ServiceState.NEW
    await service.start()
    running = asyncio.get_running_loop().create_task(service.run())
    await until(lambda: service.ticks >= 3)
    assert service.running
    service.request_stop()
    await asyncio.wait_for(running, 20)
    assert service.state is ServiceState.STOPPED
    assert not service.running


async def test_a_sleep_ends_when_the_service_is_asked_to_stop():
    service = Ticking()
    await service.start()
    asyncio.get_running_loop().call_later(0.01, service.request_stop)
    await asyncio.wait_for(service._sleep_if_running(60), 20)
    await service.stop()


def test_the_level_of_the_log_is_a_setting_like_any_other(monkeypatch):
    before = logging.getLogger().level
    monkeypatch.setenv("TEXTCRAFT_LOG_LEVEL", "WARNING")
    try:
        BaseService(BaseServiceConfig.from_overrides())
        assert logging.getLogger().level == logging.WARNING
    finally:
        logging.getLogger().setLevel(before)


async def test_stopping_twice_or_before_the_start_is_harmless():
    service = Ticking()
    service.add_task(service._tick())
    await service.stop()
    await service.stop()
    assert service.ticks == 0
