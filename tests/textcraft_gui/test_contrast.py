"""Every word can be read on what it stands on: by the style sheet, on painted buttons and rows, and in real pixels."""

import re
from itertools import chain, combinations

import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from tests.support.layout import CONTRAST, contrast, pixels_of, text_contrast
from textcraft_gui import theme
from textcraft_gui.theme import Colour, stylesheet, tinted
from textcraft_gui.widgets import signs
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.verb_button import Face, VerbButton
from textcraft_gui.widgets.words import label

GRAPHICS = 3.0
GROUNDS = (Colour.BG, Colour.PANEL, Colour.RAISED)
STATES = (
    Colour.TEXT,
    Colour.QUIET,
    Colour.DIM,
    Colour.LIVE,
    Colour.NEXT,
    Colour.INFO,
    Colour.WARN,
    Colour.FAULT,
    Colour.OK,
)
SIGNS = sorted(
    {sign for table in ("FRESHNESS", "SEVERITY", "CHAPTER", "DAY", "LINE") for sign in getattr(signs, table).values()},
    key=str,
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAINTED_PARTS = ("indicator", "groove", "handle", "arrow", "drop-down", "separator", "button", "page", "line")


def _rules():
    """The sheet as (element, states, properties), in order."""
    sheet = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.S)
    for selectors, body in RULE.findall(sheet):
        found = dict(
            re.findall(
                r"(?<![\w-])(color|background|border-color|selection-color|selection-background-color)\s*:\s*([^;]+)",
                body,
            )
        )
        for selector in selectors.split(","):
            element, *states = re.split(r"(?<!:):(?!:)", selector.strip())
            yield element, frozenset(states), found


def _cascade(element, states):
    """What holds for an element in some states: what is said of all, of it, and of it in those."""
    told = {}
    for name, wanted, found in _rules():
        if name in {"*", element} and wanted <= states:
            told |= found
    return told


def _sheet():
    """Each element in each combination of states the sheet names for it."""
    named = {}
    for element, states, _ in _rules():
        named.setdefault(element, set()).update(states)
    for element, states in named.items():
        if any(part in element for part in PAINTED_PARTS):
            continue
        for chosen in chain.from_iterable(combinations(sorted(states), count) for count in range(3)):
            if {"hover", "disabled"} <= set(chosen) or {"pressed", "disabled"} <= set(chosen):
                continue  # what is disabled is under no mouse
            yield element, frozenset(chosen)


def _ground(value):
    return [Colour(value).q] if value.startswith("#") else [ground.q for ground in GROUNDS]


def test_every_rule_of_the_sheet_can_be_read():
    weak, looked = [], 0
    for element, states in _sheet():
        told = _cascade(element, states)
        for ground in _ground(told.get("background", "transparent").strip()):
            looked += 1
            ratio = contrast(QColor(told["color"].strip()), ground)
            if ratio < CONTRAST:
                weak.append(f"{element} {sorted(states)}: {ratio:.2f}")
    assert weak == []
    assert looked > 150


def test_selected_text_can_be_read():
    pairs = {
        (told["selection-color"].strip(), told["selection-background-color"].strip())
        for _, _, told in _rules()
        if "selection-color" in told
    }
    assert len(pairs) > 1
    assert [pair for pair in pairs if contrast(QColor(pair[0]), QColor(pair[1])) < CONTRAST] == []


@pytest.mark.parametrize("ground", [*GROUNDS, Colour.PRESSED, Colour.CHOSEN])
def test_every_word_colour_can_be_read_on_every_ground_and_row(ground):
    assert [word for word in STATES if contrast(word.q, ground.q) < CONTRAST] == []


def test_every_lamp_is_seen_on_every_ground():
    grounds = (*GROUNDS, Colour.CHOSEN, Colour.HOVER)
    assert [
        (sign, ground) for sign in SIGNS for ground in grounds if contrast(sign.colour.q, ground.q) < GRAPHICS
    ] == []


@pytest.mark.parametrize("part", [Colour.EDGE, Colour.DIM, Colour.TEXT, Colour.INFO])
def test_what_is_grasped_or_has_the_focus_is_seen(part):
    assert [ground for ground in GROUNDS if contrast(part.q, ground.q) < GRAPHICS] == []


@pytest.mark.parametrize("shape", [None, Shape.DOT])
@pytest.mark.parametrize("flat", [False, True])
def test_every_face_of_a_button_can_be_read_in_every_state(qtbot, fonts, flat, shape):
    weak = []
    for colour in STATES:
        for lit, dark, down, over, works in _faces():
            made = VerbButton(Face("word", shape, colour=colour, lit=lit, dark=dark), flat=flat)
            made.setEnabled(works)
            made.setDown(down)
            made.underMouse = lambda over=over: over
            ground, _, words = made._colours()
            if contrast(words, ground) < CONTRAST:
                weak.append((colour.name, lit, dark, down, over, works, round(contrast(words, ground), 2)))
    assert weak == []


def _faces():
    for lit, dark in ((False, False), (True, False), (True, True)):
        yield from ((lit, dark, down, over, True) for down in (False, True) for over in (False, True))
        yield lit, dark, False, False, False


@pytest.mark.parametrize(
    ("word", "ground"),
    [
        (Colour.TEXT, tinted(Colour.NEXT, 0.28, Colour.PANEL)),
        (Colour.TEXT, tinted(Colour.LIVE, 0.28, Colour.PANEL)),
        (Colour.WARN, tinted(Colour.WARN, 0.25)),
        (Colour.TEXT, Colour.SELECTED.q),
    ],
)
def test_marked_text_can_be_read(word, ground):
    assert contrast(word.q, ground) >= CONTRAST


def test_the_palette_of_what_has_no_rule_can_be_read(fonts):
    palette, role, group = theme._palette(), QPalette.ColorRole, QPalette.ColorGroup
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.PlaceholderText, role.Base),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
    ]
    weak = [(one, state) for one, other in pairs for state in (group.Active, group.Inactive, group.Disabled)
            if contrast(palette.color(state, one), palette.color(state, other)) < CONTRAST]  # fmt: skip
    assert weak == []


def _shown(qtbot, *widgets):
    """The widgets on a page, as they are painted: each with its least contrast."""
    page = QWidget()
    page.setObjectName("console")
    column = QVBoxLayout(page)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(page)
    theme.dress(page)
    page.resize(400, 500)
    page.show()
    qtbot.waitExposed(page)
    QApplication.processEvents()
    pixels = pixels_of(page.grab().toImage())
    boxes = {f"{type(each).__name__} {number}": each.geometry() for number, each in enumerate(widgets)}
    return {name: text_contrast(pixels, QRect(box).adjusted(4, 4, -4, -4)) for name, box in boxes.items()}


def _looking(made, look=""):
    if look:
        made.setProperty("look", look)
    return made


@pytest.mark.parametrize("works", [True, False])
def test_pixels_of_real_controls_can_be_read(qtbot, fonts, works):
    empty, prose, chooser, tick = QLineEdit(), _looking(QPlainTextEdit(), "field"), QComboBox(), QCheckBox("a tick")
    empty.setPlaceholderText("a word in an empty field")
    prose.setPlaceholderText("some words in an empty text")
    chooser.addItem("one of some")
    buttons = [_looking(QPushButton("a word"), look) for look in ("plain", "link", "small", "pill", "tab", "choice")]
    made = [empty, prose, chooser, tick, *buttons, label("quiet", "quiet"), label("warn", "warn")]
    for each in made:
        each.setEnabled(works)
    assert {name: ratio for name, ratio in _shown(qtbot, *made).items() if ratio < CONTRAST} == {}


@pytest.mark.parametrize("ticked", [True, False])
def test_a_tick_that_cannot_be_set_does_not_look_as_if_it_could(qtbot, fonts, ticked):
    page, pair = QWidget(), [QCheckBox("a tick"), QCheckBox("a tick")]
    qtbot.addWidget(page)
    page.setObjectName("console")
    column = QVBoxLayout(page)
    for each in pair:
        each.setChecked(ticked)
        column.addWidget(each)
    pair[1].setEnabled(False)
    theme.dress(page)
    page.show()
    qtbot.waitExposed(page)
    boxes, words = zip(*(_brightest(each) for each in pair), strict=True)
    assert boxes[0] > 1.15 * boxes[1]
    assert words[0] > 1.3 * words[1]


def _brightest(box):
    """How bright the brightest pixel of the square to tick is, and of its words, 0 to 255."""
    image = box.grab().toImage()
    side = box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
    grey = [[image.pixelColor(x, y).lightness() for x in range(image.width())] for y in range(image.height())]
    return max(max(row[:side]) for row in grey), max(max(row[side + 4 :]) for row in grey)


def test_pixels_of_a_lit_button_under_the_mouse_can_be_read(qtbot, fonts):
    made = [VerbButton(Face("PANIC", Shape.TRIANGLE, colour=colour, lit=True)) for colour in STATES]
    for each in made:
        each.underMouse = lambda: True
        QApplication.sendEvent(each, QEvent(QEvent.Type.UpdateRequest))
    assert {name: ratio for name, ratio in _shown(qtbot, *made).items() if ratio < CONTRAST} == {}


DEUTERANOPIA = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
"""What people without green cones see of linear red, green, blue (Machado, Oliveira, Fernandes 2009, severity 1)."""
PROTANOPIA = ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052))
APART = 0.12
"""Distance in linear light; shapes and words tell the states apart as well."""


def _seen(colour, eye):
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in theme._parts(colour.q)]
    return [sum(weight * part for weight, part in zip(row, light, strict=True)) for row in eye]


@pytest.mark.parametrize("eye", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_the_colours_of_the_states_stay_apart_for_the_colour_blind(eye):
    states = (Colour.LIVE, Colour.NEXT, Colour.INFO, Colour.WARN, Colour.FAULT, Colour.OK)
    near = []
    for one, other in combinations(states, 2):
        distance = sum((a - b) ** 2 for a, b in zip(_seen(one, eye), _seen(other, eye), strict=True)) ** 0.5
        if distance < APART:
            near.append((one.name, other.name, round(distance, 3)))
    assert near == []


@pytest.mark.parametrize("table", ["FRESHNESS", "SEVERITY", "CHAPTER", "DAY", "LINE"])
def test_every_state_has_a_shape_of_its_own_and_one_colour_for_it(table):
    shapes = {}
    for state, sign in getattr(signs, table).items():
        shapes.setdefault(sign.shape, set()).add(sign.colour)
        assert isinstance(sign.shape, Shape), state
    assert [shape for shape, colours in shapes.items() if len(colours) > 1] == []
