"""The word lists and palettes that steer the painter, read from the data file beside this module."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from textcraft_image_server.painting.colour import Tones, lab_from_hex

_PARTS = ("sky", "glow", "light", "far", "near", "accent")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Palette:
    """Named colours and the time of day they belong to."""

    time: str
    tones: Tones


@dataclass(frozen=True)
class Vocabulary:
    """Every table maps one folded word to the names it stands for."""

    families: Mapping[str, tuple[tuple[str, float], ...]]
    times: Mapping[str, tuple[str, ...]]
    time_hints: Mapping[str, tuple[str, ...]]
    weather: Mapping[str, tuple[str, ...]]
    elements: Mapping[str, tuple[str, ...]]
    moods: Mapping[str, tuple[str, ...]]
    palettes: Mapping[str, Palette]
    palettes_by_time: Mapping[str, tuple[str, ...]]
    wanderings: tuple[str, ...]


def fold(text: str) -> list[str]:
    """Split any text into words without case and accents, in order."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _WORD.findall(plain)


def _invert(table: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in table.items():
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return MappingProxyType(found)


def _weigh(table: Mapping[str, Mapping[str, list[str]]]) -> Mapping[str, tuple[tuple[str, float], ...]]:
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    for name, grades in table.items():
        for grade, weight in (("strong", 1.0), ("weak", 0.4)):
            for word in grades[grade]:
                found[word] = (*found.get(word, ()), (name, weight))
    return MappingProxyType(found)


def _tones(entry: Mapping[str, Any]) -> Tones:
    colours = {part: lab_from_hex(entry[part]) for part in _PARTS[1:]}
    return Tones(sky=np.stack([lab_from_hex(stop) for stop in entry["sky"]], axis=1), **colours)


def _palettes(table: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Palette]:
    return MappingProxyType({name: Palette(str(entry["time"]), _tones(entry)) for name, entry in table.items()})


@cache
def load() -> Vocabulary:
    """Read the data file once a process; it is part of the program, so a fault in it raises."""
    raw = json.loads(files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8"))
    return Vocabulary(
        families=_weigh(raw["families"]),
        times=_invert(raw["times"]),
        time_hints=_invert(raw["time_hints"]),
        weather=_invert(raw["weather"]),
        elements=_invert(raw["elements"]),
        moods=_invert(raw["moods"]),
        palettes=_palettes(raw["palettes"]),
        palettes_by_time=MappingProxyType({name: tuple(row) for name, row in raw["palettes_by_time"].items()}),
        wanderings=tuple(raw["wanderings"]),
    )
