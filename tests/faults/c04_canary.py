"""C4: words of models, files and visitors name a loud picture in every way some widget obeys: no page paints it."""

import asyncio
import json
import subprocess
import sys

from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of


async def inject(run: Run) -> list[Figure]:
    """Show so many consoles full of such words, page by page, by a program of its own: Qt has one application each."""
    line = [sys.executable, "-m", "tests.support.canary", str(run.folder), str(run.count)]
    looking = await asyncio.create_subprocess_exec(*line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, complaint = await looking.communicate()
    if looking.returncode:
        raise RuntimeError(complaint.decode(errors="replace")[-400:])
    found = json.loads(told)
    bad = found["bad"]
    return [
        none_of("pages that painted or obeyed words", bad, found["looks"]),
        at_least("pages looked at", found["pages"], 20),
        is_so("it is seen where words are obeyed", found["alarm"]),
    ]


CASE = Case(
    "C4", "words that name a picture, in every widget", inject, short=1, long=45, seconds=120, needs_screen=True
)
