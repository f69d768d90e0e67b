"""The pictures of a recording: which stood in NEXT and was LIVE at a place, and the file that still holds each."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support.show_script import paint
from textcraft_bus.pictures import sha256_of
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
from textcraft_core.replay.pictures import RecordedPictures


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "journal.sqlite", FakeClock())
    yield made
    made.close()


def picture(folder, number):
    """Paint one under the name of its content; returns that."""
    folder.mkdir(exist_ok=True)
    draft = folder / "draft.png"
    paint(draft, number, (64, 36))
    sha256 = sha256_of(draft.read_bytes())
    draft.rename(folder / f"{sha256}.png")
    return sha256


def added(key, sha256, caption="words"):
    return ev.CandidateAdded(
        request_id=key, path="elsewhere.png", sha256=sha256, width=64, height=36, mime="image/png", caption=caption,
        approved=True,
    )  # fmt: skip


def taken(key, sha256):
    return ev.TakenLive(request_id=key, sha256=sha256, caption="words", walls=("brick",))


def write(journal, *events):
    for event in events:
        journal.write(event)
    journal.flush()
    return journal.end() + 1


def test_next_and_live_follow_the_recording(journal, tmp_path):
    first, second = picture(tmp_path / "images", 1), picture(tmp_path / "images", 2)
    places = [
        write(journal, ev.Marked(note="nothing yet")),
        write(journal, added("a", first), ev.NextStaged(request_id="a")),
        write(journal, taken("a", first), ev.NextStaged(request_id=None)),
        write(journal, added("b", second), ev.NextStaged(request_id="b"), ev.CaptionEdited(request_id="b", text="x")),
        write(journal, ev.CandidateDropped(request_id="b", reason="rejected")),
    ]
    found = RecordedPictures(journal, [tmp_path / "images"])
    seen = [found.at(seq) for seq in places]
    assert seen[0] == (None, None)
    assert [(s and s.sha256, live and live.sha256) for s, live in seen[1:]] == [
        (first, None), (None, first), (second, first), (None, first)
    ]  # fmt: skip
    assert seen[1][0].path == str(tmp_path / "images" / f"{first}.png")
    assert seen[3][0].caption == "x"


def test_it_is_looked_for_by_what_it_holds_in_both_folders(journal, tmp_path):
    sha256 = picture(tmp_path / "show", 1)
    seq = write(journal, added("a", sha256), ev.NextStaged(request_id="a"))
    found = RecordedPictures(journal, [tmp_path / "rehearsal", tmp_path / "show"])
    path = tmp_path / "show" / f"{sha256}.png"
    assert found.at(seq)[0].path == str(path)
    path.unlink()
    assert found.at(seq)[0].path == ""


@pytest.mark.parametrize("content", [b"", b"another picture"])
def test_a_file_that_holds_something_else_is_none(journal, tmp_path, content):
    sha256 = "a" * 64
    (tmp_path / f"{sha256}.png").write_bytes(content)
    seq = write(journal, added("a", sha256), ev.NextStaged(request_id="a"))
    assert RecordedPictures(journal, [tmp_path]).at(seq)[0].path == ""


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "", "A" * 64, "a" * 63 + "\n"])
def test_a_hash_that_is_none_names_no_file(journal, tmp_path, name):
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "images").mkdir()
    seq = write(journal, added("a", name), ev.NextStaged(request_id="a"))
    assert RecordedPictures(journal, [tmp_path / "images"]).at(seq)[0].path == ""
