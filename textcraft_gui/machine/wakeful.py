"""When this computer must not fall asleep: while a wall is open, and in every mode but EDIT; tells what came of it."""

import asyncio
from collections.abc import Callable
from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.session.session import Session
from textcraft_qt.awake import Awake

LOOK_SECONDS: Final = 2.0


def must_stay_awake(mode: Mode | None, *, walls_open: bool) -> bool:
    """Whether somebody may look at a wall, or a run goes on."""
    return walls_open or mode not in {None, Mode.EDIT}


async def stay_awake(session: Session, tell: Callable[[ev.Event], None], make: Callable[[], Awake] = Awake) -> None:
    """Follow the session for good; each change is told."""
    wish: Awake | None = None
    try:
        while True:
            wanted = must_stay_awake(session.mode, walls_open=session.walls_open)
            if wanted is not (wish is not None):
                wish = await _change(wish, make, tell)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        if wish is not None:
            await wish.end()


async def _change(wish: Awake | None, make: Callable[[], Awake], tell: Callable[[ev.Event], None]) -> Awake | None:
    if wish is not None:
        await wish.end()
        tell(ev.AwakeKept(wanted=False, granted=False))
        return None
    made = make()
    tell(ev.AwakeKept(wanted=True, granted=await made.begin()))
    return made
