"""Every command the README and the manual show, and how a test carries it out; runs none of them itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "resources" / "manual").glob("*.md")))
FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE: Final = re.compile(r"`([^`\n]+)`")
COMMAND: Final = re.compile(r"(\w+=\S+ )?(python3? |dev\.py |textcraft(-core|-display|-image-server)?( |$))")
USABLE: Final = "the console can be used"


@dataclass(frozen=True)
class Ends:
    """It ends by itself: `more` is added to make that quick and harmless, `says` stands in what it prints."""

    says: str
    more: str = ""
    code: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Serves:
    """It would go on for ever, and is ended once `sign` is there: a file of the machine, or words it logs."""

    sign: str
    more: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """It is not run here; `why` says what does so instead, or what speaks against it."""

    why: str = field(kw_only=True)


How = Ends | Serves | Elsewhere
HELP: Final = Ends("usage:")
GUIDE: Final = Elsewhere(why="tests/journeys/test_guide.py writes that page's program and runs it")
ITSELF: Final = Elsewhere(why="`dev.py test` runs it, beside this very test")
QUIET: Final = "--ports free --log-level INFO"
COLLECT: Final = "--collect-only -q -p no:cacheprovider"
BATCH: Final = "--run 1 --quit-when-done --rehearsal.tokens-per-s 400 --ports free"

COMMANDS: Final[dict[str, How]] = {
    # dev.py
    "python3 build/dev.py run": Serves(USABLE, f"-- --rehearse {QUIET}"),
    "python3 build/dev.py run -- --language fr": Serves(USABLE, f"--rehearse {QUIET}"),
    "dev.py run -- --rehearse --run 3 --quit-when-done --shots DIR": Ends("", BATCH),
    "python3 build/dev.py test": ITSELF,
    "dev.py test tests/textcraft_core -x": Ends("collected", f"{COLLECT} --ignore-glob=*/textcraft_core/*/*"),
    "dev.py test -m extra": Ends("collected", f"{COLLECT} tests/textcraft_image_server/backends"),
    "dev.py lint": ITSELF,
    "dev.py faults": Ends("M7", "M7 --count 200"),
    "dev.py soak": Elsewhere(why="it plays for 75 minutes; tests/soak holds what judges it to tests of its own"),
    "dev.py bench": Elsewhere(why="it takes the machine for itself; tests/bench/test_bench.py runs its table"),
    "dev.py test tests/textcraft_gui/verbs tests/textcraft_gui/remote tests/architecture": ITSELF,
    "dev.py package": ITSELF,
    "python3 build/dev.py strings": Elsewhere(why="it writes into the checkout, as dev.py strings does"),
    "dev.py strings": Elsewhere(why="it writes into the checkout; test_texts.py compares the list"),
    "dev.py manual": Ends("", "DIR"),
    "dev.py api": Elsewhere(why="it takes half a minute; tests/architecture/test_api_reference.py makes and reads it"),
    "dev.py shots": Elsewhere(why="it takes ten minutes; tests/textcraft_gui/test_layout_pictures.py looks at panels"),
    # the console
    "textcraft --help": HELP,
    "textcraft --mode show": Serves(USABLE, QUIET),
    "textcraft --rehearse": Serves(USABLE, QUIET),
    "textcraft --osc.on": Serves(USABLE, QUIET),
    "textcraft --supervise --mode show --project DIR": Serves("consoles/*.json", "--ports free"),
    "textcraft --supervise --project my_show": Serves("consoles/*.json", "--ports free"),
    "textcraft doctor": Ends("checks", code=(0, 1)),
    "textcraft doctor --project my_show": Ends("checks", code=(0, 1)),
    "textcraft install-service --project DIR": Ends("textcraft", "--print"),
    "textcraft install-service --project my_show": Ends("textcraft", "--print"),
    "textcraft rest-walls": Ends(""),
    # the engine
    "textcraft-core --help": HELP,
    "python -m textcraft_core": Ends("unrung_bell", "--templates"),
    "textcraft-core --templates": Ends("souls_aboard"),
    "textcraft-core --new-show my_show --template souls_aboard": Ends("my_show"),
    "textcraft-core --import their_folder --to my_show": Ends("Taken"),
    "textcraft-core --project my_show --brain rehearsal --run 3 --seed 7": Ends('"cycle":'),
    "textcraft-core --project my_show --run 3 --fault-profile storm": Ends('"cycle":', code=(0, 1)),
    "textcraft-core --project my_show --brain replay": Ends(""),
    "textcraft-core --project my_show --export": Ends("exports"),
    "textcraft-core --project my_show --export html-pictures": Ends("exports"),
    "textcraft-core --project DIR --trust-project --stubs": Ends(""),
    "textcraft-core keys": Ends("public key"),
    "textcraft-core keys --allow attic 'ATTIC_KEY'": Ends("attic may connect"),
    "textcraft-core keys --core 'STAGE_KEY'": Ends("trust the core"),
    # image servers and walls
    "textcraft-image-server --foreign": Serves("logs/health/image_server*.json", "--service-name foreigner"),
    "textcraft-image-server --core tcp://192.168.1.10:5558 --service-name attic": Serves("image_servers/attic.json"),
    "textcraft-display --wall NAME --windowed": Serves("walls/brick.json"),
    "textcraft-display --wall brick": Serves("walls/brick.json", "--safe"),
    "textcraft-display --wall stairs --windowed": Serves("walls/stairs.json"),
    "textcraft-display --backdrop": Serves("backdrops/*.json"),
    "textcraft-display --core tcp://192.168.1.10:5558 --wall attic": Serves("walls/attic.json", "--windowed"),
    # the guide's own program
    "PROJECT_ENV=your_project_name textcraft-core --trust-project --stubs": GUIDE,
    'PROJECT_ENV=your_project_name python -c "from your_project_core.your_project_core import YourProjectCoreService; '
    "print('Import successful')\"": GUIDE,
    "PROJECT_ENV=your_project_name textcraft-image-server --foreign": Elsewhere(
        why="the same without a project stands in own_backend.md, and is run"
    ),
    "PROJECT_ENV=your_project_name python -m your_project_core --help": GUIDE,
    "PROJECT_ENV=your_project_name python -m your_project_core --log-level DEBUG": GUIDE,
}
"""Complete: a test compares it with what stands in the pages."""


def shown() -> dict[str, set[str]]:
    """Return every command that is shown, with the pages it stands in."""
    found: dict[str, set[str]] = {}
    for page in PAGES:
        for command in _commands(page.read_text("utf-8")):
            found.setdefault(command, set()).add(page.name)
    return found


def _commands(text: str) -> Iterator[str]:
    lines = [line.partition(" #")[0].strip() for _, block in FENCE.findall(text) for line in block.splitlines()]
    inline = [word for word in INLINE.findall(FENCE.sub("", text)) if " " in word]
    for words in (*lines, *inline):
        if COMMAND.match(words):
            yield words
