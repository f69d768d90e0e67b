import pytest

from textcraft_core.errors import ShowError
from textcraft_core.show.templates import SAMPLE, begin_from, templates, unsuitable


def test_the_sample_comes_first_and_all_are_described():
    found = templates()
    assert found[0].name == SAMPLE and found[0].title == "The Unrung Bell" and found[0].chapters == 12
    assert all(each.title and each.genre and each.logline and each.chapters for each in found)


@pytest.mark.parametrize("name", [each.name for each in templates()])
def test_a_show_is_begun_whole(name, tmp_path):
    show = begin_from(name, tmp_path / "my show")
    assert show.matrix.is_file() and show.manuscripts.is_dir() and (show.root / "core.toml").is_file()
    assert not list(show.root.rglob("__*"))


def test_a_name_nobody_knows_is_told_with_those_there_are(tmp_path):
    with pytest.raises(ShowError, match="no template is called opera") as told:
        begin_from("opera", tmp_path / "show")
    assert SAMPLE in told.value.what_to_do
    assert not (tmp_path / "show").exists()


def test_an_unsuitable_folder_is_told_in_plain_words(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "tax.ods").write_text("mine")
    assert unsuitable(tmp_path / "full") == "full is not empty"
    assert unsuitable(tmp_path / "full" / "tax.ods") == "tax.ods is a file, not a folder"
    show = begin_from(SAMPLE, tmp_path / "show")
    assert unsuitable(show.root / "inside") == "inside lies inside the show show"
    assert unsuitable(tmp_path / "new") == "" and unsuitable(tmp_path) != ""
    with pytest.raises(ShowError, match="full is not empty"):
        begin_from(SAMPLE, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["tax.ods"]
