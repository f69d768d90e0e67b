from pathlib import Path

import pytest

from tests.fakes.show import make_show, words
from textcraft_bus.errors import SecurityError
from textcraft_core.show.text_search import MAX_HITS, MAX_LINE, search_texts


def test_hits_are_bounded(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": "needle\n" * 80, "ch02": "x " * 500 + "Needle" + " y" * 500})
    hits = search_texts(show, "needle", "manuscripts")
    assert len(hits) == MAX_HITS
    (hit,) = search_texts(show, "x needle", "manuscripts")
    assert len(hit.text) <= MAX_LINE
    assert "Needle" in hit.text


def test_links_and_what_is_no_text_are_passed_over(tmp_path: Path) -> None:
    show = make_show(tmp_path, {"ch01": b"needle \xff", "ch03": words(3)})
    (tmp_path / "outside.md").write_text("needle")
    (show.manuscripts / "ch02.md").symlink_to(tmp_path / "outside.md")
    (show.manuscripts / "picture.png").write_text("needle")
    assert search_texts(show, "needle", "manuscripts") == []
    with pytest.raises(SecurityError):
        search_texts(show, "needle", "..")


def test_a_folder_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    show = make_show(tmp_path)
    (show.data / "away").symlink_to(tmp_path)
    with pytest.raises(OSError, match=r"away|directory|links"):
        search_texts(show, "x", "away")
