"""The AI services: one stateless module per role, all called the same way; each knows its task and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from textcraft_core.ai_services.runtime import Runtime, remember
from textcraft_core.errors import CommandRefused

__all__ = ["Service", "execute", "remember", "service"]


class Service(Protocol):
    """The entry point every role's module has."""

    def __call__(
        self, task_payload: dict[str, Any], context: dict[str, Any], *, runtime: Runtime | None = None
    ) -> Awaitable[dict[str, Any]]:
        """Do one task and return its status report."""
        ...


def service(role: str) -> Service:
    """Return the service of a role; roles without a module of their own share the general one."""
    # The first cycle brings them, and what they stand on: a start needs no role.
    from textcraft_core.ai_services import architect, editor, general, illustrator, narrator  # noqa: PLC0415

    services: Mapping[str, Service] = {
        "architect": architect.execute,
        "narrator": narrator.execute,
        "editor": editor.execute,
        "illustrator": illustrator.execute,
    }
    return services.get(role, general.execute)


def execute(role: str, task_payload: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Do one task and wait for its report, for scripts; the show is the one PROJECT_ENV names.

    Raises CommandRefused inside a running event loop, which it would stop: await the role's own `execute` there.
    """
    if _loop_is_running():
        raise CommandRefused(f"an event loop is running here: await the {role} service's own execute instead")
    return asyncio.run(_run(service(role), {**task_payload, "assigned_agent": role}, context))


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _run(run: Callable[..., Awaitable[dict[str, Any]]], task: dict[str, Any], context: dict[str, Any]) -> Any:
    return await run(task, context)
