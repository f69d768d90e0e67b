"""Fault profiles: how slowly a rehearsal answers and what goes wrong in it, as TOML; draws, but does nothing itself.

Every draw has its own source of chance, made from the seed and what the call is for. No clock and no shared stream:
how long something takes never changes what happens.
"""

import math
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from random import Random
from typing import Final

from pydantic import ConfigDict, Field, ValidationError, model_validator

from textcraft_bus.models import Model
from textcraft_core.ai_services.client import Purpose
from textcraft_core.brains.scene import chance
from textcraft_core.errors import ShowError

_SHIPPED: Final = ("templates", "faults")
MAX_BYTES: Final = 64 * 1024


class BrainTrouble(StrEnum):
    """What one attempt of a brain call may come to instead of an answer."""

    BUSY = "busy"
    """The server is asked too often (429)."""
    TIMEOUT = "timeout"
    GARBAGE = "garbage"
    REFUSAL = "refusal"
    EMPTY = "empty"


class _Part(Model):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Spread(_Part):
    """A log-normal distribution: `median`, the spread of its logarithm, and what is never passed."""

    median: float = Field(default=0.0, ge=0)
    spread: float = Field(default=0.0, ge=0, le=3)
    most: float = Field(default=600.0, ge=0, le=3600)

    def draw(self, rng: Random) -> float:
        """Return one value."""
        return min(self.most, self.median * math.exp(rng.gauss(0.0, self.spread)))


class LatencyProfile(_Part):
    """How long answers take; a `slow_share` of the calls wait `slow_s` longer."""

    first_token_s: Spread = Spread.model_construct(median=0.6)
    tokens_per_s: Spread = Spread.model_construct(median=60.0)
    slow_share: float = Field(default=0.0, ge=0, le=1)
    slow_s: Spread = Spread.model_construct()


class BrainProfile(_Part):
    """Shares of the attempts that go wrong, and how long a server asks to wait or stays silent, seconds."""

    busy: float = Field(default=0.0, ge=0, le=1)
    timeout: float = Field(default=0.0, ge=0, le=1)
    garbage: float = Field(default=0.0, ge=0, le=1)
    refusal: float = Field(default=0.0, ge=0, le=1)
    empty: float = Field(default=0.0, ge=0, le=1)
    retry_after_s: Spread = Spread.model_construct(median=2.0)
    timeout_s: Spread = Spread.model_construct(median=20.0)

    @model_validator(mode="after")
    def _shares_fit(self) -> "BrainProfile":
        if sum(share for _, share in self.shares) > 1:
            raise ValueError("the shares of what goes wrong are more than 1 together")
        return self

    @property
    def shares(self) -> tuple[tuple[BrainTrouble, float], ...]:
        """What may go wrong, and how often."""
        return tuple((trouble, float(getattr(self, trouble))) for trouble in BrainTrouble)


class PictureProfile(_Part):
    """The share of pictures that come out black."""

    black: float = Field(default=0.0, ge=0, le=1)


class LinkProfile(_Part):
    """The share of cycles in which the link to walls and image servers is cut, and for how many seconds."""

    cut: float = Field(default=0.0, ge=0, le=1)
    seconds: Spread = Spread.model_construct(median=5.0)


class Texts(_Part):
    """What a brain says that answers badly."""

    garbage: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()


class FaultProfile(_Part):
    """One profile; everything left out goes well."""

    name: str = ""
    description: str = ""
    latency: LatencyProfile = LatencyProfile.model_construct()
    brain: BrainProfile = BrainProfile.model_construct()
    pictures: PictureProfile = PictureProfile.model_construct()
    link: LinkProfile = LinkProfile.model_construct()
    texts: Texts = Texts.model_construct()

    def first_token_s(self, seed: int, purpose: Purpose) -> float:
        """Return the seconds until the first word of a call."""
        rng = _rng("latency", seed, purpose)
        wait = self.latency.first_token_s.draw(rng)
        return wait + (self.latency.slow_s.draw(rng) if rng.random() < self.latency.slow_share else 0.0)

    def tokens_per_s(self, seed: int, purpose: Purpose) -> float:
        """Return the tokens a second of a call; 0 is all at once."""
        return self.latency.tokens_per_s.draw(_rng("pace", seed, purpose))

    def trouble(self, seed: int, purpose: Purpose, attempt: int) -> BrainTrouble | None:
        """Return what the attempt (from 0) of a call comes to instead of an answer; None: it is answered."""
        at = _rng(f"trouble {attempt}", seed, purpose).random()
        for trouble, share in self.brain.shares:
            if at < share:
                return trouble
            at -= share
        return None

    def words(self, seed: int, purpose: Purpose, attempt: int, trouble: BrainTrouble) -> str:
        """Return what a brain says that answers badly."""
        said = {BrainTrouble.GARBAGE: self.texts.garbage, BrainTrouble.REFUSAL: self.texts.refusal}.get(trouble, ())
        return _rng(f"words {attempt}", seed, purpose).choice(said) if said else ""

    def seconds(self, seed: int, purpose: Purpose, attempt: int, trouble: BrainTrouble) -> float:
        """Return how long a server asks to wait, or stays silent."""
        spread = self.brain.retry_after_s if trouble is BrainTrouble.BUSY else self.brain.timeout_s
        return spread.draw(_rng(f"wait {attempt}", seed, purpose))

    def is_black(self, seed: int, cycle: int, target: str, picture_seed: int) -> bool:
        """Say whether a picture comes out black."""
        return chance(seed, "black", cycle, target, picture_seed).random() < self.pictures.black

    def link_cut_s(self, seed: int, cycle: int) -> float:
        """Return for how many seconds the link is cut in a cycle; 0: not at all."""
        rng = chance(seed, "link", cycle, "", 0)
        return self.link.seconds.draw(rng) if rng.random() < self.link.cut else 0.0


def shipped_profiles() -> dict[str, FaultProfile]:
    """Return the profiles that ship with the engine, by name. Blocking: reads files."""
    found = {}
    for each in sorted(_folder().iterdir(), key=lambda entry: entry.name):
        name, _, kind = each.name.rpartition(".")
        if kind == "toml":
            found[name] = _profile(name, each.read_text(encoding="utf-8"))
    return found


def load_profile(wanted: str, folder: Path | None = None) -> FaultProfile:
    """Return the profile of a name, or in a TOML file; a relative path is looked for in `folder` (a show) too.

    Blocking. Raises ShowError with what to do.
    """
    if "." not in wanted and "/" not in wanted and "\\" not in wanted:
        return _shipped(wanted)
    places = [Path(wanted).expanduser(), *([folder / wanted] if folder is not None else [])]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise ShowError(f"there is no fault profile {wanted}", "give the path of a TOML file, or the name of one")
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as exc:
        raise ShowError(f"the fault profile {path.name} cannot be read", f"look at the file ({exc})") from exc
    return _profile(path.stem, text)


def _shipped(name: str) -> FaultProfile:
    known = shipped_profiles()
    if name not in known:
        raise ShowError(f"there is no fault profile {name[:60]!r}", f"choose one of {', '.join(known)}, or a TOML file")
    return known[name]


def _profile(name: str, text: str) -> FaultProfile:
    try:
        return FaultProfile.model_validate({"name": name, **_table(text)})
    except tomllib.TOMLDecodeError as exc:
        raise ShowError(f"the fault profile {name} is no TOML", str(exc)) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the profile"
        raise ShowError(f"the fault profile {name} cannot be used", f"{where}: {first['msg']}") from exc


def _table(text: str) -> Mapping[str, object]:
    return tomllib.loads(text)


def _folder() -> Traversable:
    return files("textcraft_core").joinpath(*_SHIPPED)


def _rng(what: str, seed: int, purpose: Purpose) -> Random:
    return chance(seed, f"{what} {purpose.role}", purpose.cycle, purpose.target, purpose.attempt)
