"""How rehearsals were played last, kept on this machine beside the layouts; knows no widget and no show.

What may be spent is never kept: every console asks for it anew. What settings files or flags say goes before it.
"""

import logging
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.errors import BusError
from textcraft_core.bench import BenchSettings
from textcraft_core.config import LatencyConfig
from textcraft_gui.config import ConsoleConfig

log = logging.getLogger(__name__)

FILE: Final = "bench.json"
MAX_BYTES: Final = 16 << 10


def load(path: Path) -> BenchSettings | None:
    """Return what was kept; None for nothing, or what nobody can read, which is logged. Blocking."""
    try:
        told = read_json(path, MAX_BYTES)
        return BenchSettings.model_validate({**told, "most_usd": 0.0} if isinstance(told, dict) else told)
    except BusError as error:
        log.info("no bench of this machine's own: %s", error)
    except ValidationError:
        log.warning("%s holds no settings of the bench: the usual ones serve", path)
    return None


def save(path: Path, settings: BenchSettings) -> None:
    """Keep how rehearsals are played, without what they may cost. Blocking. Raises WriteFailed."""
    write_json(path, settings.model_copy(update={"most_usd": 0.0}).table())


def with_kept(settings: BenchSettings, kept: BenchSettings, config: ConsoleConfig) -> BenchSettings:
    """Return `settings`, made of a console's configuration, with what was kept where that says nothing."""
    said = set(config.model_fields_set) & {"brain", "fault_profile"}
    usual = LatencyConfig()  # a section that is there is whole: what it does not say stands at its default
    said |= {name for name in LatencyConfig.model_fields if getattr(config.rehearsal, name) != getattr(usual, name)}
    taken: dict[str, Any] = {name: value for name, value in kept.table().items() if name not in said}
    return settings.model_copy(update=taken)
