"""What a live brain has to be told, from the configuration, the show's .env, the environment and the keyring.

Knows no server; the key never comes from a configuration file and never shows in a message.
"""

import functools
import importlib
import json
import logging
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import dotenv
from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator

from textcraft_bus.models import Model
from textcraft_core.ai_services.prices import AUTO, Pricing, is_loopback
from textcraft_core.errors import EngineError
from textcraft_core.spend import Caps

log = logging.getLogger(__name__)

VARIABLES: Final = {
    "LLM_API_KEY": "key",
    "LLM_API_BASE_URL": "base_url",
    "DEFAULT_MODEL": "model",
    "AI_TIMEOUT": "timeout",
    "AI_DEADLINE": "deadline",
    "MAX_RETRIES": "max_retries",
}
"""Environment variable → field; they are stronger than the configuration."""
FALLBACK_KEY: Final = "LLM_API_KEY_FALLBACK"
"""The key of further servers in a chain that are not on this machine: the first server's key is for it alone."""
KEYRING_SERVICE: Final = "textcraft"


class SettingsError(EngineError):
    """A setting of the live brain cannot be used; the text names it, never its value when that is secret."""


class LlmSettings(Model):
    """One server and how it is used; times in seconds, money in USD."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)

    base_url: str = "https://api.openai.com/v1"
    key: SecretStr = SecretStr("")
    model: str = ""
    """Answers in place of a model the server does not have, and for personas that name none."""
    timeout: float = Field(default=60.0, gt=0)
    """The longest silence."""
    deadline: float = Field(default=600.0, gt=0)
    """The longest a call may take, with all its attempts and waits."""
    max_retries: int = Field(default=3, ge=0, le=10)
    cap_day: float | None = Field(default=None, ge=0)
    cap_show: float | None = Field(default=None, ge=0)
    price: str = AUTO
    """`auto`, `free` or PROMPT/COMPLETION in USD per million tokens."""
    max_tokens: int | None = Field(default=None, gt=0)
    """The most any call may ask for, whatever its persona says."""
    keychain: bool = True
    """Whether the key may come from the user's keyring when nothing else names one."""

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("it must begin with http:// or https:// and name a host")
        if parts.username or parts.password:
            raise ValueError("a name or password in the address would show in messages: use LLM_API_KEY")
        return value.rstrip("/")

    @classmethod
    def read(
        cls, config: Mapping[str, Any], dotenv: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Self:
        """Merge the `[llm]` table, the show's .env and the environment, the last being strongest.

        Blocking. A `key` in the table is refused. Raises SettingsError.
        """
        if "key" in config or "api_key" in config:
            raise SettingsError("[llm] holds a key: move it into .env as LLM_API_KEY, files of a show are passed on")
        given = {name: value for name, value in config.items() if value is not None and value != ""}
        if provider := given.pop("provider", ""):
            given = {"base_url": address_of(str(provider)), **given}
        for source in (_values(dotenv), os.environ if environ is None else environ):
            given |= {field: source[name] for name, field in VARIABLES.items() if source.get(name)}
        return cls._checked(given)

    @classmethod
    def _checked(cls, given: dict[str, Any]) -> Self:
        problem = ""
        try:
            made = cls(**given)
            Pricing.of(made.price, made.base_url)
        except ValidationError as error:
            first = error.errors(include_input=False, include_context=False)[0]
            problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        if problem:
            # Raised outside of the handler: pydantic's own error keeps what it was given.
            raise SettingsError(f"[llm] {problem}")
        return made

    @property
    def caps(self) -> Caps:
        """The caps of the account."""
        return Caps(self.cap_day, self.cap_show)

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self.base_url)

    @property
    def free(self) -> bool:
        """Whether no call can ever cost money."""
        return Pricing.of(self.price, self.base_url).free

    def find_key(self) -> str:
        """Return the key, also from the user's keyring; blocking. A server on this machine gets none from there."""
        told = self.key.get_secret_value()
        return told or (key_in_keyring() if self.keychain and not self.local else "")

    def elsewhere(self, base_url: str, model: str, key: str = "") -> Self:
        """Return the settings of another server in a chain: its own address, model and key, everything else the same.

        The first server's key never travels to it. Raises SettingsError for an address that is none.
        """
        given = {**self.model_dump(exclude={"key"}), "base_url": base_url, "model": model or self.model}
        return self._checked({**given, "key": SecretStr(key), "keychain": False, "price": AUTO})


def address_of(provider: str) -> str:
    """Return the address behind a provider's short name. Raises SettingsError that names those there are."""
    known = providers()
    if provider.strip().lower() not in known:
        raise SettingsError(
            f"[llm] provider {provider[:40]!r} is not known: give base_url, or one of {', '.join(known)}"
        )
    return known[provider.strip().lower()]


@functools.cache
def providers() -> Mapping[str, str]:
    """Return short name → address; a constant of the package, so it is read once."""
    text = files("textcraft_core").joinpath("ai_services", "providers.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)["providers"]
    return found


def fallback_key(dotenv: Path | None, environ: Mapping[str, str] | None = None) -> str:
    """Return the key of a chain's further servers, "" when there is none; blocking. Raises SettingsError."""
    known = os.environ if environ is None else environ
    return known.get(FALLBACK_KEY) or _values(dotenv).get(FALLBACK_KEY) or ""


def _values(file: Path | None) -> Mapping[str, str | None]:
    try:
        return dotenv.dotenv_values(file, interpolate=False) if file is not None and file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read ({type(error).__name__})") from None


def key_in_keyring() -> str:
    """Return the key the user's keyring holds, "" when there is none or no keyring; blocking."""
    try:
        keyring: Any = importlib.import_module("keyring")
        found = keyring.get_password(KEYRING_SERVICE, "LLM_API_KEY")
    except ImportError:
        return ""
    except Exception as error:  # noqa: BLE001 - backends of other makers raise what they like; it is told
        log.warning("the keyring cannot be asked (%s): put LLM_API_KEY into .env", type(error).__name__)
        return ""
    return str(found or "")


def usable_key(key: str) -> bool:
    """Say whether a key can travel in a header: printable ASCII without blanks."""
    return key.isascii() and key.isprintable() and " " not in key
