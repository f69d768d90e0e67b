"""Seeded randomness by name, so that one layer's draws never shift another's; it knows no picture."""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chance:
    """The only source of randomness of one picture: SHA-256 of prompt and seed feeding PCG64."""

    prompt: str
    seed: int

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator for the layer `name`; the same name always gives the same numbers."""
        text = f"{len(self.prompt)}:{self.prompt}|{self.seed}|{name}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
