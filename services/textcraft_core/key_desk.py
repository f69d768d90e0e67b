"""`textcraft-core keys`: makes and shows this machine's keys, and keeps those of others; knows no show.

The secret half is never shown: it stays in its file.
"""

from collections.abc import Sequence
from pathlib import Path

from textcraft_bus.cli import Parser, say
from textcraft_bus.keys import allow, allowed, forbid, keys_folder, own_keys, set_core

VERB = "keys"


def run_keys(arguments: Sequence[str]) -> int:
    """Carry out one call and print what an operator needs next. Raises ConfigError, WriteFailed."""
    options = _parser().parse_args(arguments)
    folder = keys_folder()
    own = own_keys(folder)
    if options.core:
        set_core(folder, options.core)
        say(f"This machine's walls and image servers now trust the core {options.core}")
    if options.allow:
        name, key = options.allow
        allow(folder, name, key)
        say(f"{name} may connect to cores on this machine from their next start on.")
    if options.forbid:
        there = forbid(folder, options.forbid)
        say(f"{options.forbid} may no longer connect." if there else f"{options.forbid} had no leave.")
    say(f"This machine's public key: {own.public}")
    _list(folder)
    return 0


def _list(folder: Path) -> None:
    machines = allowed(folder)
    if not machines:
        say("No other machine may connect: textcraft-core keys --allow NAME KEY")
    for key, name in sorted(machines.items(), key=lambda pair: pair[1]):
        say(f"May connect: {name} {key}")


def _parser() -> Parser:
    parser = Parser(
        "textcraft-core keys",
        description="Makes this machine's key pair when there is none, and shows its public half.",
    )
    parser.add_argument("--allow", nargs=2, metavar=("NAME", "KEY"), help="let a machine connect to cores here")
    parser.add_argument("--forbid", metavar="NAME", help="no longer let that machine connect")
    parser.add_argument("--core", metavar="KEY", help="on the other machine: trust the core with this public key")
    return parser
