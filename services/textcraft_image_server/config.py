"""What an image server can be told, one section for each backend; knows nothing of how they paint."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, PrivateAttr, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from textcraft_bus.config import BaseServiceConfig, ConfigError
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_CONNECT_PREFIX
from textcraft_bus.spelling import Name, spelled
from textcraft_bus.transport.sockets import LOOPBACK

_SIDE = r"[1-9]\d{1,4}"
_SIZES = rf"({_SIDE}x{_SIDE}(, *{_SIDE}x{_SIDE})*)?"
DEAREST_USD = 0.25
"""What one picture of the dearest common model costs, in high quality; used when no price is given."""
_ServerAddress = Annotated[
    str,
    spelled(r"https?://[^\s/@]+(/\S*)?", "an address begins with http:// or https://, and holds neither name nor key"),
]


def _at(port: str) -> Callable[[], str]:
    """The address of a port as it is when the settings are read: a project may have moved it."""
    return lambda: f"{ZMQ_TCP_CONNECT_PREFIX}:{DEFAULT_PORTS[port]}"


class FolderOptions(BaseModel):
    """Pictures that are there already."""

    path: Path | None = Field(default=None, description="folder whose pictures are served as they are")
    order: Literal["seed", "sequence"] = Field(
        default="seed", description="the request's seed chooses the picture, or each request gets the next one"
    )


class PaidOptions(BaseModel):
    """Settings of a backend that may cost money."""

    def one_picture(self) -> tuple[float, bool]:
        """Return USD for one picture at most, and whether that is a guess."""
        raise NotImplementedError


class OpenAIOptions(PaidOptions):
    """A server that speaks the Images API; its key comes from IMAGE_API_KEY, or LLM_API_KEY, and from nowhere else."""

    base_url: _ServerAddress = Field(default="https://api.openai.com/v1", description="address of the Images API")
    model: str = Field(default="gpt-image-1", description="name of the image model")
    sizes: Annotated[str, spelled(_SIZES, "sizes are written as 1024x1024, 1536x1024")] = Field(
        default="1024x1024, 1536x1024, 1024x1536",
        description="sizes the model paints; the nearest in shape is asked for; empty: any size",
    )
    price: float | None = Field(
        default=None, ge=0, description="USD for one picture (default: 0 for a server on this machine, else 0.25)"
    )
    timeout: float = Field(default=100.0, gt=0, description="seconds of silence that end a request")
    deadline: float = Field(default=105.0, gt=0, description="seconds a request may take in all")
    seeds: bool = Field(default=False, description="also send seed and negative_prompt, which some servers refuse")

    def one_picture(self) -> tuple[float, bool]:
        """The price that is set; else nothing on this machine, and the dearest known elsewhere."""
        if self.price is not None:
            return self.price, False
        return (0.0, False) if urlsplit(self.base_url).hostname in LOOPBACK else (DEAREST_USD, True)


class ComfyUIOptions(BaseModel):
    """A ComfyUI server."""

    base_url: _ServerAddress = Field(default="http://127.0.0.1:8188", description="address of the ComfyUI server")
    workflow: Path | None = Field(
        default=None, description="workflow in API format, with {{prompt}}, {{seed}} and so on in its inputs"
    )
    timeout: float = Field(default=10.0, gt=0, description="seconds of silence that end one HTTP request")
    deadline: float = Field(default=105.0, gt=0, description="seconds a picture may take in all")


class DiffusersOptions(BaseModel):
    """A model that runs in this process; needs the extra `diffusers`."""

    model: Path | None = Field(default=None, description="folder of the model, in safetensors; nothing is downloaded")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(default="auto", description="where the model runs")
    steps: int = Field(default=20, ge=1, le=200, description="denoising steps")
    guidance: float = Field(default=7.0, ge=0, le=30, description="how closely the prompt is followed")


class ApiKeys(BaseSettings):
    """The keys of the Images API, from the environment or a .env file."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    image_api_key: SecretStr | None = None
    llm_api_key: SecretStr | None = None


class ImageServerConfig(BaseServiceConfig):
    """Where the core is, what paints and where the pictures go."""

    config_name: ClassVar[str] = "image_server"

    service_name: Name = Field(
        default="painter", description="name of this server, unique on this machine and for its core"
    )
    core: str = Field(default_factory=_at("ours"), description="address of the core's channel")
    show: str = Field(default="", description="id of the show it is started for")
    images: Path | None = Field(default=None, description="folder the pictures go to")
    generator: str = Field(default="procedural", description="backend used when a request names none")
    foreign: bool = Field(default=False, description="serve any core of the ecosystem on PULL/PUSH instead of ours")
    requests: str = Field(default_factory=_at("image_requests"), description="with --foreign: where requests come from")
    results: str = Field(default_factory=_at("image_results"), description="with --foreign: where results go")
    queue: int = Field(default=8, ge=1, le=64, description="most jobs that may wait here")
    lonely_seconds: float = Field(default=30.0, gt=0, description="seconds without a core until it ends")
    folder: FolderOptions = FolderOptions()
    openai: OpenAIOptions = OpenAIOptions()
    comfyui: ComfyUIOptions = ComfyUIOptions()
    diffusers: DiffusersOptions = DiffusersOptions()

    _settings_folder: Path | None = PrivateAttr(default=None)

    @classmethod
    def from_overrides(cls, config_file: str | Path | None = None, args: argparse.Namespace | None = None) -> Self:
        """As the base does, and remember where the settings lie. Raises ConfigError."""
        config = super().from_overrides(config_file, args)
        file = cls.settings_file(config_file)
        config._settings_folder = file.absolute().parent if file else None
        return config

    def resolve(self, path: Path) -> Path:
        """Return a path of a backend's section: a relative one is below the settings file's folder."""
        return (self._settings_folder or Path.cwd()) / path

    def api_key(self) -> str:
        """Return the key of the Images API: environment before .env, IMAGE_API_KEY before LLM_API_KEY; "" without.

        Raises ConfigError when .env is no text.
        """
        try:
            keys = ApiKeys(_env_file=self._settings_folder / ".env" if self._settings_folder else None)
        except UnicodeDecodeError:
            raise ConfigError(".env cannot be read: it is not UTF-8") from None  # the error holds its bytes
        key = keys.image_api_key or keys.llm_api_key
        return key.get_secret_value().strip() if key else ""
