import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_bus.disk.sandbox_names import is_plain_name, same_elsewhere, split_path
from textcraft_bus.errors import SecurityError

REFUSED = {
    "it is absolute": ["/etc/passwd", "/", "\\etc", "\\\\server\\share\\x", "//server/share", "\\\\?\\C\\x"],
    "it names a drive or an alternate stream": ["C:\\x", "c:x", "C:/x", "a.md:stream", "a.md::$DATA", "file:///etc"],
    "it leads upwards": ["..", "../x", "a/../b", "a/..", "a\\..\\..\\b", "./../x", "a/./../../x"],
    "it holds an empty name": ["a//b", "a/", "a\\", "a/./"],
    "it holds control or invisible characters": [
        "a\0b", "a\nb", "a\tb", "a\x1bb", "a\x7fb", "a\x85b", "a\u200db", "a\u202eb", "\ufeffa",
        "a\u2028b", ".\u200b./x",
    ],
    "it holds a look-alike of a dot, a slash or a colon": [
        "\u2024\u2024/x", "\uff0e\uff0e/x", "\u2025/x", "a\u2215b", "a\uff0fb", "a\uff3cb", "a\u2044b", "a\u29f8b",
        "a\u2216b", "\u2100", "a\ufe52b", "C\uff1ax", "a\ua789b", "\u00bd", "a\ufe68b", "\u2026",
    ],
    "it is a device name of Windows": [
        "CON", "con", "nul", "NUL.md", "aux.tar.gz", "a/COM1", "COM\u00b9.txt", "lpt9.md", "CONIN$", "con .md", "prn.",
        "COM0",
    ],
    "a name ends with a dot or a space": ["a.", "a ", "a./b", "a /b", "...", ". ", ".. /x", "a. ."],
    "it holds a character Windows forbids": ["a<b", "a>b", 'a"b', "a|b", "a?b", "a*b"],
    "it is a short alias of another name": ["MATRIX~1.JSO", "progra~1", "a/CH01_T~2.MD"],
    "it is the name of a half-written file": [".a.md.123-0123abcd-4.tmp"],
    "a name is not in its composed form (NFC)": ["e\u0301te.md", "\u212b.md"],
    "a name is longer than 255 bytes": ["n" * 256, "\u00e9" * 128, "a/" + "n" * 300],
    "it is too long": ["a/" * 600 + "b", "\u20ac" * 342, "x" * 100_000],
    "it is not valid Unicode": ["a\ud800b", "\udcff"],
}  # fmt: skip


@pytest.mark.parametrize(("reason", "path"), [(reason, path) for reason, paths in REFUSED.items() for path in paths])
def test_known_escapes_are_refused(reason, path):
    with pytest.raises(SecurityError) as caught:
        split_path(path)
    # Several things may be wrong with one path; the names below need their very own reason.
    own = "device" not in reason or not path.endswith(".")
    assert caught.value.reason == reason or not own
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("manuscripts/ch01_The_Hook.md", ("manuscripts", "ch01_The_Hook.md")),
        ("manuscripts\\part 1\\ch01.md", ("manuscripts", "part 1", "ch01.md")),
        ("./manuscripts/./ch01.md", ("manuscripts", "ch01.md")),
        ("\u00e9t\u00e9 \u2014 l\u2019id\u00e9e.md", ("\u00e9t\u00e9 \u2014 l\u2019id\u00e9e.md",)),
        ("\u7269\u8a9e/\u7b2c\u4e00\u7ae0.md", ("\u7269\u8a9e", "\u7b2c\u4e00\u7ae0.md")),
        (".hidden", (".hidden",)),
        ("a..b", ("a..b",)),
        ("..a", ("..a",)),
        ("console.md", ("console.md",)),
        ("com10", ("com10",)),
        ("draft~.md", ("draft~.md",)),
        ("n" * 255, ("n" * 255,)),
        ("", ()),
        (".", ()),
        ("./", ()),
    ],
)
def test_ordinary_names_pass(path, parts):
    assert split_path(path) == parts


def test_a_refusal_is_short_and_harmless_in_a_log():
    with pytest.raises(SecurityError) as caught:
        split_path("x\n\x1b[2J" + "y" * 100_000)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


@given(st.text(max_size=40))
def test_any_text_is_split_or_refused(text):
    try:
        parts = split_path(text)
    except SecurityError:
        return
    for part in parts:
        assert is_plain_name(part)
        assert part not in {"", ".", ".."}
        assert not set(part) & set("/\\:\0")
    assert split_path("/".join(parts)) == parts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ch01.md", "ch01.MD", True),
        ("\u00c9t\u00e9", "e\u0301te\u0301", True),
        ("stra\u00dfe", "STRASSE", True),
        ("ch10", "ch100", False),
        ("\u00e9", "e", False),
    ],
)
def test_names_that_are_one_on_another_system(one, other, same):
    assert (same_elsewhere(one) == same_elsewhere(other)) is same
