"""What lies in a show's folder of pictures, with sidecars from anywhere."""

import json

import pytest

from tests.support.gallery import fill, sidecar
from textcraft_gui.pictures import gallery_files
from textcraft_gui.pictures.gallery_files import read_gallery


def _pictures(folder, known=None):
    return {path: picture for path, (_, picture) in read_gallery(folder, known or {}).items()}


def test_a_picture_comes_with_its_story(tmp_path):
    (path,) = fill(tmp_path, 1)
    picture = _pictures(tmp_path)[str(path)]
    assert (picture.caption, picture.seed, picture.cost, picture.size) == ("lamp 0", 1000, 0.0, (320, 180))
    assert picture.sha256 == path.stem
    for word in ("lamp", "water", "chapter 0", "ch00", "2026-11-20", "november", "procedural", "1000"):
        assert word in picture.words


def test_without_a_sidecar_it_is_still_there(tmp_path):
    (path,) = fill(tmp_path, 1)
    path.with_suffix(".json").unlink()
    picture = _pictures(tmp_path)[str(path)]
    assert (picture.prompt, picture.seed, picture.cost) == ("", None, None)
    assert picture.stamp == pytest.approx(path.stat().st_mtime)


@pytest.mark.parametrize(
    "told",
    [
        "[]", "not json", "null", '{"seed": 1e400}', '{"cost": -1, "seed": true, "prompt": 7, "painted_at": "soon"}',
        '{"cost": "dear", "width": "wide", "painted_at": "9999-99-99"}', '{"painted_at": "0001-01-01T00:00:00"}',
        '{"target": "ch٣_x.md", "caption": null}', '{"target": "../../etc", "backend": ["a"]}',
    ],
)  # fmt: skip
def test_a_wrong_sidecar_tells_nothing_and_breaks_nothing(tmp_path, told):
    (path,) = fill(tmp_path, 1)
    path.with_suffix(".json").write_text(told, encoding="utf-8")
    picture = _pictures(tmp_path)[str(path)]
    assert (picture.prompt, picture.seed, picture.cost, picture.caption) == ("", None, None, "")


def test_long_words_are_cut(tmp_path):
    (path,) = fill(tmp_path, 1)
    sidecar(path, 0, prompt="x" * 100_000)
    assert len(_pictures(tmp_path)[str(path)].prompt) == gallery_files.MAX_WORDS


def test_only_what_changed_is_read_again(tmp_path, monkeypatch):
    paths = fill(tmp_path, 4)
    known = read_gallery(tmp_path, {})
    read = []
    real = gallery_files.read_picture
    monkeypatch.setattr(gallery_files, "read_picture", lambda *given: read.append(given[0]) or real(*given))
    assert read_gallery(tmp_path, known) == known
    assert read == []
    sidecar(paths[2], 2, caption="another")
    paths[3].unlink()
    found = read_gallery(tmp_path, known)
    assert read == [str(paths[2])]
    assert found[str(paths[2])][1].caption == "another"
    assert str(paths[3]) not in found


def test_other_files_and_a_missing_folder_are_no_pictures(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "a.json").write_text(json.dumps({"prompt": "x"}))
    (tmp_path / "b.png").mkdir()
    assert read_gallery(tmp_path, {}) == {}
    assert read_gallery(tmp_path / "none", {}) == {}
