import json
import os
from pathlib import Path
from random import Random

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import CONF, make_show, words, write_chapter, write_json
from textcraft_core.scanner import Scanner, ScanResult, chapter_id, title_of
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.matrix import Continuity, Entry, Matrix, Status

TARGET = 100


class Desk:
    """A show with a scanner whose matrix goes from scan to scan."""

    def __init__(self, show: ShowFolder) -> None:
        self.show = show
        self.clock = FakeClock()
        self.matrix = Matrix()
        self.scanner = Scanner(show, Bible(show, self.clock))

    def scan(self) -> ScanResult:
        result = self.scanner.scan(self.matrix, self.clock)
        self.matrix = result.matrix
        return result

    def put(self, key: str, **update: object) -> None:
        self.matrix = self.matrix.with_entry(key, self.matrix.content[key].model_copy(update=update))

    def status(self, key: str) -> Status:
        return self.matrix.content[key].status


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(make_show(tmp_path, {"ch01_The_First": 120, "ch02": 60}))


def test_a_first_scan_makes_the_entries(desk: Desk) -> None:
    result = desk.scan()
    entry = desk.matrix.content["ch01"]
    assert (entry.title, entry.path, entry.word_count) == ("The First", "data/manuscripts/ch01_The_First.md", 120)
    assert entry.last_modified.endswith("+00:00")
    assert (result.chapters, result.words, result.problems, set(result.changed)) == (2, 180, (), {"ch01", "ch02"})
    assert desk.matrix.metrics.total_word_count == 180
    assert desk.matrix.meta.last_scan_timestamp == "2030-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", Status.EMPTY),
        (words(49), Status.EMPTY),
        (words(50), Status.DRAFTING),
        (words(TARGET - 1), Status.DRAFTING),
        (words(TARGET), Status.REVIEW_READY),
        (words(TARGET) + "[TODO] more", Status.DRAFTING),
        (words(10) + "[TODO] all", Status.DRAFTING),
    ],
)
def test_the_status_follows_words_and_todo(desk: Desk, text: str, status: Status) -> None:
    write_chapter(desk.show, "ch09", text)
    desk.scan()
    assert desk.status("ch09") is status


@pytest.mark.parametrize(
    "text",
    [
        "a b\u00a0c",
        "\ufeffa b",
        "a\u3000b — “c” d",
        "a\x1cb\x85c",
        "  a  ",
        "é",
        "\u2003",
        "",
        "слово и слово",
        "a\r\nb",
    ],
)
def test_words_are_counted_as_python_splits_them(desk: Desk, text: str) -> None:
    write_chapter(desk.show, "ch09", text)
    desk.scan()
    assert desk.matrix.content["ch09"].word_count == len(text.removeprefix("\ufeff").split())


def test_an_unchanged_folder_gives_the_same_entries(desk: Desk) -> None:
    desk.scan()
    before = desk.matrix.content
    desk.clock.advance(60)
    result = desk.scan()
    assert result.changed == {}
    assert result.matrix.content is before
    assert result.matrix.meta.last_scan_timestamp == "2030-01-01T00:01:00+00:00"


def test_unchanged_files_are_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.scan()
    opened: list[str] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: opened.append(str(path)) or real(path, *rest, **more))
    desk.scan()
    assert not [path for path in opened if path.endswith(".md")]
    write_chapter(desk.show, "ch02", 61)
    desk.scan()
    assert [Path(path).name for path in opened if path.endswith(".md")] == ["ch02.md"]


def test_a_next_start_reads_only_what_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.scan()
    desk.scanner.close()
    write_chapter(desk.show, "ch02", 70)
    opened: list[str] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: opened.append(str(path)) or real(path, *rest, **more))
    desk.scanner = Scanner(desk.show, Bible(desk.show, desk.clock))
    assert set(desk.scan().changed) == {"ch02"}
    assert [Path(path).name for path in opened if path.endswith(".md")] == ["ch02.md"]


@pytest.mark.parametrize("damage", [b"", b"scan-1 00000000\n{}", b"scan-1 00000000\n" + b"\0" * 50, b"other"])
def test_a_damaged_memory_only_costs_reading(desk: Desk, damage: bytes) -> None:
    desk.scan()
    desk.scanner.close()
    (desk.show.root / "journal.scan").write_bytes(damage)
    desk.scanner = Scanner(desk.show, Bible(desk.show, desk.clock))
    result = desk.scan()
    assert (result.changed, result.words) == ({}, 180)


def test_a_change_within_the_same_tick_is_seen(desk: Desk) -> None:
    path = desk.show.manuscripts / "ch02.md"
    desk.clock.jump(path.stat().st_mtime - desk.clock.now().timestamp())
    desk.scan()
    seen = path.stat()
    with path.open("r+b") as file:
        file.write(b"word wo d ")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert desk.scan().words == 181


def test_a_chapter_that_is_gone_is_missing_and_kept(desk: Desk) -> None:
    desk.scan()
    desk.put("ch02", notes=("kept",))
    path = desk.show.manuscripts / "ch02.md"
    path.unlink()
    result = desk.scan()
    assert desk.status("ch02") is Status.MISSING
    assert desk.matrix.content["ch02"].notes == ("kept",)
    assert (result.chapters, result.words) == (1, 120)
    assert any("ch02" in problem for problem in result.problems)
    write_chapter(desk.show, "ch02", 60)
    assert desk.scan().problems == ()
    assert desk.status("ch02") is Status.DRAFTING


def test_a_planned_entry_without_a_file_is_left_alone(desk: Desk) -> None:
    desk.matrix = Matrix(content={"ch03": Entry(title="Planned")})
    desk.scan()
    assert desk.matrix.content["ch03"] == Entry(title="Planned")
    write_chapter(desk.show, "ch03_Other_Name", 60)
    desk.scan()
    assert desk.matrix.content["ch03"].title == "Planned"
    assert desk.matrix.content["ch03"].path == "data/manuscripts/ch03_Other_Name.md"


def test_a_renamed_file_keeps_its_entry(desk: Desk) -> None:
    desk.scan()
    desk.put("ch01", notes=("kept",))
    (desk.show.manuscripts / "ch01_The_First.md").rename(desk.show.manuscripts / "ch01_Renamed.md")
    result = desk.scan()
    entry = desk.matrix.content["ch01"]
    assert (entry.title, entry.notes, entry.word_count) == ("Renamed", ("kept",), 120)
    assert result.problems == ()
    assert set(desk.matrix.content) == {"ch01", "ch02"}


def test_a_locked_chapter_is_never_changed_but_told(desk: Desk) -> None:
    desk.scan()
    desk.put("ch01", status=Status.LOCKED)
    locked = desk.matrix.content["ch01"]
    assert desk.scan().problems == ()
    write_chapter(desk.show, "ch01_The_First", words(120, "ward"))
    assert "changed" in desk.scan().problems[0]
    write_chapter(desk.show, "ch01_The_First", words(20) + "[TODO]")
    assert "21 words instead of 120" in desk.scan().problems[0]
    (desk.show.manuscripts / "ch01_The_First.md").unlink()
    assert "locked" in desk.scan().problems[0]
    assert desk.matrix.content["ch01"] is locked


def test_a_failed_chapter_waits_for_a_change(desk: Desk) -> None:
    desk.scan()
    desk.put("ch01", status=Status.REVISION_NEEDED, continuity_check=Continuity.FAIL, editor_notes=("n",))
    desk.scan()
    assert desk.status("ch01") is Status.REVISION_NEEDED
    os.utime(desk.show.manuscripts / "ch01_The_First.md", (1, 1))
    desk.scan()
    assert desk.status("ch01") is Status.REVISION_NEEDED
    write_chapter(desk.show, "ch01_The_First", words(120, "ward"))
    desk.scan()
    entry = desk.matrix.content["ch01"]
    assert (entry.status, entry.continuity_check) == (Status.REVIEW_READY, Continuity.PENDING)
    assert entry.editor_notes == ("n",)


def test_a_failure_outlives_a_restart(desk: Desk) -> None:
    desk.scan()
    desk.put("ch01", status=Status.REVISION_NEEDED, continuity_check=Continuity.FAIL)
    desk.scanner = Scanner(desk.show, Bible(desk.show, desk.clock))
    desk.scan()
    assert desk.status("ch01") is Status.REVISION_NEEDED


def test_stagnant_is_only_read(desk: Desk) -> None:
    desk.scan()
    desk.put("ch01", status=Status.STAGNANT)
    desk.scan()
    assert desk.status("ch01") is Status.REVIEW_READY


def test_two_files_with_one_id_are_a_problem_and_both_stay(desk: Desk) -> None:
    desk.scan()
    write_chapter(desk.show, "ch01_Another", 70)
    write_chapter(desk.show, "part/ch01_Another", 80)
    for _ in range(2):
        result = desk.scan()
        assert result.chapters == 4
        assert [problem for problem in result.problems if "id ch01" in problem]
        assert {entry.path for entry in desk.matrix.content.values()} == {
            "data/manuscripts/ch01_The_First.md",
            "data/manuscripts/ch01_Another.md",
            "data/manuscripts/part/ch01_Another.md",
            "data/manuscripts/ch02.md",
        }
        assert desk.matrix.content["ch01"].title == "The First"


def test_ch10_and_ch100_are_different() -> None:
    assert chapter_id("ch10.md") == "ch10"
    assert chapter_id("ch100_A_b.md") == "ch100"
    assert chapter_id("_odd.md") == "_odd"
    assert title_of("ch01_The_Hook.md") == "The Hook"
    assert title_of("ch01.md") == "ch01"


def test_a_chapter_that_is_not_utf8_is_protected_never_empty(desk: Desk) -> None:
    desk.scan()
    kept = write_chapter(desk.show, "ch02", b"caf\xe9 ").read_bytes()
    write_chapter(desk.show, "ch03", b"\xff\xfe")
    write_chapter(desk.show, "ch04", b"\0" * 500)
    result = desk.scan()
    assert result.protected == {"ch02", "ch03", "ch04"}
    assert (desk.status("ch02"), desk.status("ch03"), desk.status("ch04")) == (Status.DRAFTING,) * 3
    assert desk.matrix.content["ch02"].word_count == 60
    assert len(result.problems) == 3
    assert desk.scan().problems == result.problems
    assert (desk.show.manuscripts / "ch02.md").read_bytes() == kept
    write_chapter(desk.show, "ch02", 60)
    assert desk.scan().protected == {"ch03", "ch04"}


def test_only_markdown_counts_and_hidden_files_do_not(desk: Desk) -> None:
    for name in ("a.txt", "b.MD", ".hidden.md", "c.md.bak"):
        (desk.show.manuscripts / name).write_text("x")
    (desk.show.manuscripts / "folder.md").mkdir()
    result = desk.scan()
    assert set(desk.matrix.content) == {"ch01", "ch02"}
    assert "folder.md is not a file" in result.problems[0]


def test_links_are_followed_only_inside_the_show(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "ch08.md").write_text(words(60))
    (desk.show.data / "elsewhere.md").write_text(words(70))
    manuscripts = desk.show.manuscripts
    (manuscripts / "ch08.md").symlink_to(tmp_path / "outside" / "ch08.md")
    (manuscripts / "away").symlink_to(tmp_path / "outside")
    (manuscripts / "loop").symlink_to(manuscripts)
    (manuscripts / "ch07.md").symlink_to(desk.show.data / "elsewhere.md")
    (manuscripts / "ch06.md").symlink_to(manuscripts / "nothing.md")
    for _ in range(2):
        result = desk.scan()
        assert set(desk.matrix.content) == {"ch01", "ch02", "ch07"}
        assert len(result.problems) == 4


def test_a_manuscripts_folder_that_leaves_the_show_is_not_followed(tmp_path: Path) -> None:
    show = make_show(tmp_path)
    show.manuscripts.rmdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "ch01.md").write_text("x")
    show.manuscripts.symlink_to(tmp_path / "outside")
    desk = Desk(show)
    result = desk.scan()
    assert (result.chapters, len(result.problems)) == (0, 1)


def test_a_pipe_named_like_a_chapter_holds_nothing_up(desk: Desk) -> None:
    os.mkfifo(desk.show.manuscripts / "ch05.md")
    assert "not a file" in desk.scan().problems[0]


def test_a_name_that_is_not_unicode_is_told(desk: Desk) -> None:
    with Path(os.fsdecode(os.fsencode(desk.show.manuscripts) + b"/ch0\xff.md")).open("w") as file:
        file.write("x")
    result = desk.scan()
    assert "not Unicode" in result.problems[0]
    result.problems[0].encode()


def test_a_new_target_judges_everything_again(desk: Desk) -> None:
    desk.scan()
    write_json(desk.show.bible / "project_conf.json", {**CONF, "constraints": {"chapter_target_word_count": "60"}})
    assert set(desk.scan().changed) == {"ch02"}
    assert desk.status("ch02") is Status.REVIEW_READY


def test_ids_that_left_the_matrix_are_told(desk: Desk) -> None:
    desk.scan()
    (desk.show.manuscripts / "ch02.md").unlink()
    desk.matrix = Matrix(content={"ch01": desk.matrix.content["ch01"]})
    assert desk.scan().removed == ("ch02",)


def test_the_scan_writes_nothing(desk: Desk) -> None:
    before = sorted(path.name for path in desk.show.root.rglob("*"))
    desk.scan()
    after = sorted(path.name for path in desk.show.root.rglob("*"))
    assert [name for name in after if name not in before] == ["project_conf.json.bak"]


def test_a_matrix_of_another_program_is_taken_over(tmp_path: Path) -> None:
    foreign = {"content": {"ch01": {"path": "manuscripts/ch01.md", "status": "REVIEW_READY", "word_count": 7, "x": 1}}}
    desk = Desk(make_show(tmp_path, {"ch01": 60}, matrix=foreign))
    desk.matrix = Matrix.model_validate(json.loads(desk.show.matrix.read_text()))
    desk.scan()
    entry = desk.matrix.content["ch01"]
    assert (entry.status, entry.word_count, entry.model_extra) == (Status.DRAFTING, 60, {"x": 1})


class ThoroughScanner(Scanner):
    """Looks at the whole book each time."""

    def _catch_up(self, *_: object) -> None:
        return None


STEPS = (
    "write",
    "touch",
    "remove",
    "break",
    "lock",
    "open",
    "fail",
    "pass",
    "note",
    "forget",
    "rename",
    "retarget",
    "misplace",
    "double",
    "",
)


@pytest.mark.parametrize("seed", range(40))
def test_catching_up_finds_what_a_look_at_everything_finds(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    show = make_show(tmp_path, {f"ch{number:02}": 60 + number for number in range(8)})
    quick, thorough = Desk(show), Desk(show)
    thorough.scanner = ThoroughScanner(show, Bible(show, thorough.clock))
    for turn in range(40):
        for _ in range(chance.randint(0, 2)):
            step, number = chance.choice(STEPS), chance.randrange(9)
            change_files(show, step, number, turn)
            for desk in (quick, thorough):
                change_matrix(desk, step, f"ch{number:02}")
        found, expected = quick.scan(), thorough.scan()
        assert list(found.matrix.content) == list(expected.matrix.content)
        assert found.matrix == expected.matrix
        assert sorted(found.problems) == sorted(expected.problems)
        assert (found.chapters, found.words, found.protected) == (expected.chapters, expected.words, expected.protected)
        assert (set(found.changed), set(found.removed)) == (set(expected.changed), set(expected.removed))


def change_files(show: ShowFolder, step: str, number: int, turn: int) -> None:
    path = show.manuscripts / f"ch{number:02}.md"
    if step == "write":
        write_chapter(show, path.name, 40 + turn)
    elif step == "break":
        path.write_bytes(b"\xff\xfe")
    elif step == "remove":
        path.unlink(missing_ok=True)
    elif step == "touch" and path.exists():
        os.utime(path, (turn, turn))
    elif step == "rename" and path.exists():
        path.rename(path.with_name(f"ch{number:02}_Title_{turn}.md"))
    elif step == "retarget":
        write_json(show.bible / "project_conf.json", {**CONF, "constraints": {"chapter_target_word_count": 50 + turn}})


def change_matrix(desk: Desk, step: str, key: str) -> None:
    updates: dict[str, dict[str, object]] = {
        "lock": {"status": Status.LOCKED},
        "open": {"status": Status.DRAFTING},
        "fail": {"status": Status.REVISION_NEEDED, "continuity_check": Continuity.FAIL},
        "pass": {"status": Status.LOCKED, "continuity_check": Continuity.PASS},
        "note": {"notes": ("n",)},
        "misplace": {"path": "data/manuscripts/elsewhere.md"},
        "double": {"path": "data/manuscripts/ch00.md"},
    }
    if step == "forget":
        content = {name: entry for name, entry in desk.matrix.content.items() if name != key}
        desk.matrix = desk.matrix.model_copy(update={"content": content})
    elif step in updates and key in desk.matrix.content:
        desk.put(key, **updates[step])
