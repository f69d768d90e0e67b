"""What is typed gets into a text, and what a field of Qt makes of the rest does not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtWidgets import QPlainTextEdit

from textcraft_gui.models.typing_in import as_field, typed

ODD = st.text(st.sampled_from("ab\r\n\u00a0\u2028\u2029\ufeff\ufdd0\0\u200b�é😀\t\x0b\x85"), max_size=30)


@pytest.fixture
def field(qtbot):
    made = QPlainTextEdit()
    qtbot.addWidget(made)
    return made


def test_a_field_gives_what_is_said_of_it(field):
    @given(ODD)
    @example("\ufeff\ufeffa")
    @example("a\r\r\n\n\rb")
    def gives(content):
        field.setPlainText(content)
        assert field.toPlainText() == as_field(content)

    gives()


@given(ODD, ODD)
@example("a\r\nb", "a\nb")
def test_what_was_not_typed_stays(content, text):
    shown = as_field(content)
    assert typed(content, shown) == content
    place = len(shown) // 2
    text = text.replace("\r", "").translate(dict.fromkeys(map(ord, "\u00a0\u2028\u2029\ufdd0\ufeff"), "x"))
    changed = typed(content, shown[:place] + text + shown[place:])
    assert as_field(changed) == shown[:place] + text + shown[place:]
    assert len(changed) - len(content) == len(text) + ("\r\n" in content) * text.count("\n")


@pytest.mark.parametrize(
    ("content", "text", "wanted"),
    [
        ("Qui\u00a0?\r\nMoi\u00a0!", "Qui ?\nToi !", "Qui\u00a0?\r\nToi\u00a0!"),
        ("a\r\nb", "a\nx\nb", "a\r\nx\r\nb"),
        ("a\rb", "a\nx\nb", "a\rx\rb"),
        ("a\r\nb\nc", "a\nb\nc!", "a\r\nb\nc!"),
        ("a\r\nb", "ab", "ab"),
        ("\ufeffa", "ab", "\ufeffab"),
    ],
)
def test_lines_end_as_the_others_and_protected_spaces_stay(content, text, wanted):
    assert typed(content, text) == wanted
