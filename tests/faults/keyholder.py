"""A program that holds a key and is killed in the middle of a call: `python -m tests.faults.keyholder FOLDER URL`.

Its key comes from the environment, as a console's does; what it leaves is looked through by B7.
"""

import asyncio
import logging
import sys
from pathlib import Path

from tests.fakes.live_brain import live
from textcraft_bus.crashes import keep_crash_file
from textcraft_bus.logs import setup_logging
from textcraft_core.ai_services.settings import LlmSettings

log = logging.getLogger(__name__)


async def hold(folder: Path, url: str) -> None:
    """Ask, and wait for an answer that never comes."""
    logs = setup_logging("keyholder", folder, "DEBUG")
    keep_crash_file(folder, "keyholder")
    key = LlmSettings.read({"base_url": url}).key.get_secret_value()
    logs.redactor.add(key)
    log.info("the key is %s", key)  # what must never be done, and must do no harm
    async with live(None, folder, base_url=url, key=key) as bench:
        await bench.ask(model="gpt-4o")


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1]), sys.argv[2]))
