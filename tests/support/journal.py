"""What stands in the journal of a show that is in play in another process; reads, never writes."""

import json
import sqlite3
from typing import Any

from textcraft_core.show.folder import ShowFolder


def told(show: ShowFolder, name: str) -> list[dict[str, Any]]:
    """The events of a name so far, oldest first; none while there is no journal."""
    if not show.journal.exists():
        return []
    journal = sqlite3.connect(f"file:{show.journal}?mode=ro", uri=True, timeout=5.0)
    try:
        rows = journal.execute("SELECT body FROM events WHERE name = ? ORDER BY seq", (name,)).fetchall()
    except sqlite3.OperationalError:  # it is being made
        return []
    finally:
        journal.close()
    return [json.loads(body) for (body,) in rows]
