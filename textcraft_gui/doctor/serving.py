"""Lets a session make support bundles; what that needs is loaded when one is asked for."""

from typing import TYPE_CHECKING

from textcraft_bus.clock import Clock
from textcraft_bus.redaction import Redactor
from textcraft_core import commands as cmd
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.session import Session

if TYPE_CHECKING:
    from textcraft_gui.doctor.desk import BundleDesk


def serve_support(session: Session, config: ConsoleConfig, clock: Clock, redactor: Redactor) -> None:
    """Carry out MakeBundle and CancelBundle from now on."""
    desks: list[BundleDesk] = []

    async def handle(command: cmd.Command) -> None:
        if not desks:
            from textcraft_gui.doctor.desk import BundleDesk  # noqa: PLC0415 - off the start path

            desks.append(BundleDesk(session.show, config, clock, redactor, session.tell))
        await desks[0].handle(command)

    session.serve((cmd.MakeBundle, cmd.CancelBundle), handle)
