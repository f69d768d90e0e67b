"""What a live brain has to be told, from the configuration, the show's .env, the environment and the keyring.

Knows no server; the key never comes from a configuration file and never shows in a message.
"""

import importlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from textcraft_core.ai_services.prices import AUTO, Pricing
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
KEYRING_SERVICE: Final = "textcraft"


class SettingsError(EngineError):
    """A setting of the live brain cannot be used; the text names it, never its value when that is secret."""


class LlmSettings(BaseModel):
    """One server and how it is used; times in seconds, money in USD."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

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
        try:
            values = dotenv_values(dotenv, interpolate=False) if dotenv is not None and dotenv.is_file() else {}
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f".env cannot be read ({type(error).__name__})") from None
        for source in (values, os.environ if environ is None else environ):
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
