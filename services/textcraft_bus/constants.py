"""Ports, prefixes and limits of the wire, in one place; must not hold anything a show may want to change elsewhere."""

from typing import Final

DEFAULT_PORTS: Final[dict[str, int]] = {
    "events": 5555,
    "updates": 5556,
    "agent": 5557,
    "ours": 5558,
    "image_requests": 5564,
    "image_results": 5565,
}
ZMQ_TCP_BIND_PREFIX: Final = "tcp://127.0.0.1"
ZMQ_TCP_CONNECT_PREFIX: Final = "tcp://127.0.0.1"

PROTOCOL: Final = 1
MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
MAX_IMAGE_BYTES: Final = 32 * 1024 * 1024
MAX_TEXT_CHARS: Final = 64 * 1024

BEAT_SECONDS: Final = 1.0
LEASE_SECONDS: Final = 3.0
"""A peer that sent no beat for this long is lost, and its jobs go to another."""
SILENCE_SECONDS: Final = 5.0
"""Who hears nothing for this long closes its socket and opens a new one."""
MAX_ATTEMPTS: Final = 2
"""A job is tried on at most this many workers."""
