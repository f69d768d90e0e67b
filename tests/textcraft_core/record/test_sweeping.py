"""Forgotten words leave what a show left below its folder: recordings of rehearsals, tellings, exports, reports."""

import html
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from textcraft_core import events as ev
from textcraft_core.audience.inbox import STUB
from textcraft_core.audience.keeping import forget_stories
from textcraft_core.record.forgetting import Words
from textcraft_core.record.journal import Journal
from textcraft_core.record.sweeping import MAX_FILE_BYTES, amend_others, sweep

STORY = 'My grandmother lit the "lamps" & waited'
WORDS = Words({STORY}, datetime.fromtimestamp(0, UTC), {"AudienceHeard": ("story_id", "s", ("text", "speaker"))})


@pytest.fixture
def root(tmp_path):
    forms = {
        "tellings/1/data/manuscripts/ch01.md": f"so: {STORY}\n",
        "tellings/1/data/matrix.json": json.dumps({"note": STORY}),
        "exports/timeline.csv": f'1,"{STORY.replace(chr(34), chr(34) * 2)}"\n',
        "reports/day.html": f"<p>{html.escape(STORY)}</p>",
        "rehearsals/2/data/manuscripts/ch01.md": STORY,
        "data/manuscripts/ch01.md": STORY,
        "reports/other.html": "nothing of it",
    }
    for name, text in forms.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "reports" / "day.pdf").write_bytes(b"%PDF")
    return tmp_path


def recorded(folder, clock=None):
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / "journal.sqlite", clock or FakeClock())
    journal.write(ev.AudienceHeard(story_id="s", text=STORY, speaker="Ann"))
    journal.close()
    return journal.path


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in folder.glob("journal.sqlite*"))


def test_files_and_recordings_below_the_show_are_swept_and_its_own_chapters_are_not(root):
    in_play = recorded(root)
    recorded(root / "rehearsals" / "2")
    swept = sweep(root, in_play, WORDS, STUB)
    assert set(swept.changed) == {
        "tellings/1/data/manuscripts/ch01.md",
        "tellings/1/data/matrix.json",
        "exports/timeline.csv",
        "reports/day.html",
        "rehearsals/2/data/manuscripts/ch01.md",
        "rehearsals/2/journal.sqlite",
    }
    assert swept.left == ("reports/day.pdf",)
    assert b"grandmother" not in bytes_of(root / "rehearsals" / "2")
    assert b"grandmother" in bytes_of(root)
    assert (root / "data/manuscripts/ch01.md").read_text() == STORY
    assert json.loads((root / "tellings/1/data/matrix.json").read_text()) == {"note": STUB}
    assert sweep(root, in_play, WORDS, STUB).changed == ()


def test_no_link_is_followed_and_what_cannot_be_changed_is_named(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.md").write_text(STORY, encoding="utf-8")
    (root / "exports" / "linked").symlink_to(outside)
    (root / "exports" / "link.md").symlink_to(outside / "a.md")
    (root / "exports" / "huge.md").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    (root / "rehearsals" / "2" / "journal.sqlite").write_bytes(b"no database at all" * 400)
    swept = sweep(root, root / "journal.sqlite", WORDS, STUB)
    assert (outside / "a.md").read_text() == STORY
    assert {"exports/huge.md", "rehearsals/2/journal.sqlite"} <= set(swept.left)


def test_old_recordings_forget_in_time_too(root):
    clock = FakeClock()
    recorded(root / "rehearsals" / "2", clock)
    now = clock.now()
    for oldest, held in ((now - timedelta(days=7), True), (now + timedelta(days=1), False)):
        amend_others(
            root, root / "journal.sqlite", lambda connection, oldest=oldest: forget_stories(connection, oldest)
        )
        assert (b"grandmother" in bytes_of(root / "rehearsals" / "2")) is held
