"""Configuration of every program, in layers: defaults < config.toml < `<service>.toml` < environment < command line.

Knows nothing of what the fields mean. An unknown key is a warning that names the nearest known one.
"""

import argparse
import difflib
import logging
import os
import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError
from textcraft_bus.health import HealthFile
from textcraft_bus.models import Model
from textcraft_bus.project import project_folder

log = logging.getLogger(__name__)

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_ENVIRONMENT: Final[dict[str, Any]] = {"env_prefix": "TEXTCRAFT_", "env_nested_delimiter": "__"}


class ConfigError(BusError):
    """A setting cannot be used; the message names the field and where it came from."""


class ConfigSection(Model):
    """One table of settings; built with the whole that it is a part of, or when it is first made alone."""

    model_config = ConfigDict(defer_build=True)


class BaseServiceConfig(Model):
    """What every program can be told; each field is a key, an environment variable and a flag."""

    model_config = ConfigDict(extra="ignore", defer_build=True, validate_default=True, arbitrary_types_allowed=True)
    _strange: tuple[str, ...] = PrivateAttr(())

    config_name: ClassVar[str] = ""
    """Stem of the program's file in a project; "" is the service's own name, then the last word of it."""

    read_by_others: ClassVar[frozenset[str]] = frozenset()
    """Keys another program reads in the same file: no mistakes of whoever wrote them."""

    service_name: str = "textcraft"
    log_level: LogLevel = "INFO"
    health_dir: Path | None = Field(default=None, description="folder of health files (the machine's logs/health)")
    counts: bool = Field(
        default=False, description="count what this process holds and put it into its health file (for dev.py soak)"
    )

    def health_file(self, instance: str = "") -> HealthFile:
        """The file a monitor reads: named after the type of the service, and the instance unless it is the usual one.

        The type of `your_project_core` is `core`.
        """
        default = str(type(self).model_fields["service_name"].default)
        kind = self.config_name or default.replace("-", "_").rpartition("_")[2]
        instance = instance or ("" if self.service_name == default else self.service_name)
        name = f"{kind}.{instance}" if instance else kind
        return HealthFile(self.health_dir or log_folder() / "health", name, self.service_name, counting=self.counts)

    def use_log_level(self) -> None:
        """Log from the level the settings name; until they are read, the command line's holds."""
        logging.getLogger().setLevel(self.log_level)

    @classmethod
    def from_overrides(cls, config_file: str | Path | None = None, args: argparse.Namespace | None = None) -> Self:
        """Merge all layers. `config_file` is `<service>.toml`; config.toml and .env are taken from its folder.

        Without one it is the file of the project that PROJECT_ENV names. A section given in part is completed from
        the class's own defaults. Raises ConfigError when a file is no TOML or a value does not fit its field.
        """
        path = cls.settings_file(config_file)
        strange: list[str] = []
        layers = [*cls._file_layers(path, strange), *cls._environment_layers(path), _given(args, cls)]
        given = _merged(layers)
        try:
            made = cls(**_merged([_default_sections(cls, given), given]))
        except ValidationError as error:
            raise ConfigError(_explain(error)) from error
        made._strange = tuple(strange)
        return made

    @property
    def strange(self) -> tuple[str, ...]:
        """One sentence for each key of the files that has no effect."""
        return self._strange

    @classmethod
    def settings_file(cls, config_file: str | Path | None = None) -> Path | None:
        """The file settings are read from: the one that was named, else the project's; None where there is none."""
        if config_file:
            return Path(config_file)
        folder = project_folder()
        if folder is None:
            return None
        name = cls.config_name or str(cls.model_fields["service_name"].default)
        stems = dict.fromkeys((name, name.replace("-", "_").rpartition("_")[2]))
        files = [folder / f"{stem}.toml" for stem in stems]
        return next((file for file in files if file.is_file()), files[-1])

    @classmethod
    def _file_layers(cls, path: Path | None, strange: list[str]) -> Iterator[dict[str, Any]]:
        if path is None:
            return
        for file in dict.fromkeys((path.with_name("config.toml"), path)):
            if file.is_file():
                layer = read_toml(file)
                ours = {key: value for key, value in layer.items() if key not in cls.read_by_others}
                for problem in unknown_keys(ours, cls):
                    log.warning("%s: %s", file.name, problem)
                    strange.append(f"{file.name}: {problem}")
                yield layer

    @classmethod
    def _environment_layers(cls, path: Path | None) -> Iterator[dict[str, Any]]:
        """What `.env` beside the file says, then the environment; the library that reads them is slow to come."""
        file = path.with_name(".env") if path is not None else None
        if file is not None and file.is_file():
            yield cls._dotenv_layer(file)
        if any(cls._is_named_by(name) for name in os.environ):
            from pydantic_settings import EnvSettingsSource  # noqa: PLC0415 - see above

            yield EnvSettingsSource(cast("Any", cls), **_ENVIRONMENT)()

    @classmethod
    def _dotenv_layer(cls, file: Path) -> dict[str, Any]:
        from pydantic_settings import DotEnvSettingsSource  # noqa: PLC0415 - see above

        try:
            return DotEnvSettingsSource(cast("Any", cls), env_file=file, **_ENVIRONMENT)()
        except (OSError, UnicodeDecodeError) as error:
            why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
            raise ConfigError(f"{file.name} cannot be read: {why}") from None  # the error holds its bytes

    @classmethod
    def _is_named_by(cls, variable: str) -> bool:
        """Whether a variable of this name gives a field a value, or a part of one."""
        prefix, of_ours, name = variable.casefold().partition(_ENVIRONMENT["env_prefix"].casefold())
        field = name.partition(_ENVIRONMENT["env_nested_delimiter"])[0]
        return bool(of_ours) and not prefix and field in cls.model_fields


def read_toml(path: Path) -> dict[str, Any]:
    """Return the table in a TOML file. Raises ConfigError that names the file and the line."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name} cannot be read: {_plainly(str(error))}") from error


def _plainly(fault: str) -> str:
    """The fault people make most, in their words: a block that was pasted below one of the same name."""
    twice = re.match(r"Cannot declare \((.+?),?\) twice(.*)", fault)
    if twice is None:
        return fault
    name = ".".join(re.findall(r"'([^']*)'", twice[1]))
    return f"[{name}] stands in it twice: put the lines of both under one{twice[2]}"


def unknown_keys(
    layer: dict[str, Any], model: type[BaseModel], prefix: str = "", above: Collection[str] = ()
) -> Iterator[str]:
    """One sentence for each key of `layer` that `model` does not have, with the nearest one it has.

    `above` are the keys of no section: a line that was put at the end of a file fell into its last [section].
    """
    above = above or {*model.model_fields, *getattr(model, "read_by_others", ())}
    for key, value in layer.items():
        field = model.model_fields.get(key)
        if field is None and prefix and key in above:
            yield f"{prefix}{key} is not known: {key} belongs above the first [section] of the file"
        elif field is None:
            near = difflib.get_close_matches(key, model.model_fields, n=1)
            yield f"{prefix}{key} is not known" + (f"; did you mean {prefix}{near[0]}?" if near else "")
        elif isinstance(value, dict):
            yield from _unknown_below(value, field.annotation, f"{prefix}{key}.", above)


def _unknown_below(value: dict[str, Any], annotation: Any, prefix: str, above: Collection[str]) -> Iterator[str]:
    section, entry = _section(annotation), _entry(annotation)
    if section is not None:
        yield from unknown_keys(value, section, prefix, above)
    elif entry is not None:
        for name, part in value.items():
            if isinstance(part, dict):
                yield from unknown_keys(part, entry, f"{prefix}{name}.", above)


def flags(model: type[BaseModel], prefix: str = "", default: Any = None) -> Iterator[tuple[str, Any, str]]:
    """(dotted name, annotation, help) of each field, sections included; of named tables the entries `default` has."""
    for name, field in model.model_fields.items():
        value = getattr(default, name, None) if default is not None else field.get_default(call_default_factory=True)
        section, entry = _section(field.annotation), _entry(field.annotation)
        if section is not None:
            yield from flags(section, f"{prefix}{name}.", value)
        elif entry is not None:
            for key, part in (value or {}).items():
                yield from flags(entry, f"{prefix}{name}.{key}.", part)
        else:
            yield f"{prefix}{name}", field.annotation, field.description or ""


def _section(annotation: Any) -> type[BaseModel] | None:
    """The model of a section: `Model` or `Model | None`."""
    models = [part for part in (annotation, *get_args(annotation)) if _is_model(part)]
    return models[0] if models and get_origin(annotation) is not dict else None


def _entry(annotation: Any) -> type[BaseModel] | None:
    """The model of the entries of a named table: `dict[str, Model]`."""
    parts = get_args(annotation)
    return parts[1] if get_origin(annotation) is dict and _is_model(parts[1]) else None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _default_sections(model: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    """What the class itself has in the sections that were given in part."""
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if isinstance(given.get(name), dict)
    }
    return {name: value.model_dump() for name, value in defaults.items() if isinstance(value, BaseModel)}


def _given(args: argparse.Namespace | None, model: type[BaseModel]) -> dict[str, Any]:
    """The flags that were really given, as nested tables."""
    result: dict[str, Any] = {}
    known = {name for name, _, _ in flags(model)}
    for name, value in vars(args or argparse.Namespace()).items():
        if name in known and value is not None:
            *sections, last = name.split(".")
            table = result
            for section in sections:
                table = table.setdefault(section, {})
            table[last] = value
    return result


def _merged(layers: list[dict[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            both = isinstance(value, dict) and isinstance(below, dict)
            result[key] = _merged([below, value]) if both else value  # type: ignore[list-item]  # both are dicts
    return result


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the configuration"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
