"""The small parts: chance, noise, colour, raster, stencil, finish."""

import numpy as np
import pytest

from textcraft_image_server.painting import colour, finish, noise
from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.raster import Canvas, resize, smoothstep, strips
from textcraft_image_server.painting.stencil import Stencil, curve, tapered
from textcraft_image_server.painting.terrain import cover_below

WHITE = np.ones((3, 1, 1), dtype=np.float32)


def _rng() -> np.random.Generator:
    return Chance("a prompt", 1).stream("noise")


def test_streams_depend_on_prompt_seed_and_name_only() -> None:
    first = Chance("a", 1).stream("x").random()
    assert Chance("a", 1).stream("x").random() == first
    others = [
        Chance("b", 1).stream("x"),
        Chance("a", 2).stream("x"),
        Chance("a", 1).stream("y"),
        Chance("a|1", 1).stream("x"),
    ]
    assert first not in [rng.random() for rng in others]


@pytest.mark.parametrize("shape", [(90, 160), (1, 50), (64, 3), (200, 7)])
def test_fractal_noise_is_level_and_scaled(shape: tuple[int, int]) -> None:
    field = noise.fractal(_rng(), shape, (30.0, 20.0))
    assert field.shape == shape
    assert field.dtype == np.float32
    assert abs(float(field.mean())) < 0.7
    assert 0.4 < float(field.std()) < 1.4


def test_textures_repeat_without_a_seam() -> None:
    tile = noise.texture(_rng())
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean()
    inside = np.abs(np.diff(tile, axis=1)).mean()
    assert seam < 1.5 * inside
    assert np.abs(tile[0] - tile[-1]).mean() < 1.5 * np.abs(np.diff(tile, axis=0)).mean()


def test_sample_reads_the_tile_and_wraps() -> None:
    tile = noise.texture(_rng())
    u, v = np.array([[3.0, 3.0 + 512.0, 3.0 - 512.0]], dtype=np.float32), np.array([[5.0, 5.0, 5.0]], dtype=np.float32)
    assert np.allclose(noise.sample(tile, u, v), tile[5, 3])
    half = noise.sample(tile, u[:, :1] + np.float32(0.5), v[:, :1])
    assert float(half[0, 0]) == pytest.approx((tile[5, 3] + tile[5, 4]) / 2, abs=1e-5)


@pytest.mark.parametrize("text", ["#000000", "#ffffff", "#123456", "#ffb357", "#00ff00"])
def test_oklab_and_back(text: str) -> None:
    back = colour.display_from_lab(colour.lab_from_hex(text)[:, None])[:, 0]
    assert "#" + "".join(f"{round(float(c) * 255):02x}" for c in back) == text


def test_the_tone_curve_shows_a_palette_colour_as_it_is() -> None:
    display = np.linspace(0.0, 0.94, 40, dtype=np.float32)
    assert np.allclose(colour.display_from_scene(colour.scene_from_display(display)), display, atol=1e-4)


def test_a_ramp_meets_its_stops() -> None:
    stops = np.stack([colour.lab_from_hex("#102030"), colour.lab_from_hex("#c0a080")], axis=1)
    light = colour.ramp(stops, (0.0, 1.0), np.array([0.0, 1.0], dtype=np.float32))
    assert np.allclose(light[:, 1], colour.light_from_lab(stops[:, 1])[:, 0, 0], atol=1e-5)


def test_strips_cover_every_row_once() -> None:
    rows = [row for strip in strips(1000, 1920) for row in range(strip.start, strip.stop)]
    assert rows == list(range(1000))


def test_resize_keeps_a_plain_plane() -> None:
    assert np.allclose(resize(np.full((4, 5), 0.3, dtype=np.float32), 40, 50), 0.3)


def test_smoothstep_eases_both_ways() -> None:
    value = np.array([-1.0, 0.0, 0.5, 1.0, 2.0], dtype=np.float32)
    assert smoothstep(0.0, 1.0, value).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert smoothstep(1.0, 0.0, value).tolist() == [1.0, 1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("top", "left"), [(-3, -3), (6, 7), (-100, 0), (0, 100), (100, 100), (2, 2)])
def test_blend_and_add_cut_what_hangs_over(top: int, left: int) -> None:
    canvas = Canvas(10, 8)
    mask = np.ones((5, 6), dtype=np.float32)
    canvas.blend(mask, WHITE, top, left)
    expected = np.zeros((8, 10))
    expected[max(0, top) : max(0, top + 5), max(0, left) : max(0, left + 6)] = 1.0
    assert np.array_equal(canvas.light[0], expected)
    canvas.add(mask, WHITE, top, left)
    assert np.array_equal(canvas.light[2], expected * 2)


@pytest.mark.parametrize(("x", "y"), [(20.0, 10.0), (-3.0, -3.0), (500.0, 10.0)])
def test_a_spot_is_brightest_at_its_middle_and_ends_at_its_radius(x: float, y: float) -> None:
    canvas = Canvas(40, 20)
    canvas.spot(x, y, 6.0, WHITE)
    far = np.hypot(canvas.xs - x, canvas.ys - y)
    assert float(canvas.light[0][far > 6.0].max()) == 0.0
    if 0 < x < 40:
        assert float(canvas.light[0].max()) == float(canvas.light[0][int(y), int(x)])


def test_a_stencil_has_soft_edges_and_the_right_area() -> None:
    canvas = Canvas(60, 60)
    stencil = Stencil(canvas, 0, 0, 60, 60, 4)
    stencil.ellipse(30, 30, 20, 20)
    mask = stencil.mask()
    assert float(mask.sum()) == pytest.approx(np.pi * 400, rel=0.04)
    assert ((mask > 0.05) & (mask < 0.95)).any()


@pytest.mark.parametrize("box", [(-50, -50, -10, -10), (100, 100, 140, 140), (-10, 10, 200, 12)])
def test_a_stencil_outside_the_canvas_does_no_harm(box: tuple[float, float, float, float]) -> None:
    canvas = Canvas(60, 60)
    stencil = Stencil(canvas, *box)
    stencil.rectangle(*box)
    stencil.line([(box[0], box[1]), (box[2], box[3])], 0.2)
    stencil.cover(WHITE)
    assert canvas.light.max() <= 1.0


def test_curves_and_tapers() -> None:
    points = curve((0.0, 0.0), (5.0, 0.0), (10.0, 10.0), 8)
    assert (points[0], points[-1]) == ((0.0, 0.0), (10.0, 10.0))
    outline = tapered([(0.0, 0.0), (10.0, 0.0)], 4.0, 2.0)
    assert outline == [(0.0, 2.0), (10.0, 1.0), (10.0, -1.0), (0.0, -2.0)]


def test_ridges_have_no_staircase() -> None:
    ridge = np.linspace(10.2, 13.9, 200, dtype=np.float32)
    cover = cover_below(ridge, 0, 30)
    steps = np.abs(np.diff(cover, axis=1))
    assert float(steps.max()) < 0.1
    assert float(cover.sum(axis=0)[0]) == pytest.approx(30 - 10.2, abs=0.01)


@pytest.mark.parametrize("strength", [0.0003, 0.05, 1.0, 400.0])
def test_exposure_brings_any_light_into_range(strength: float) -> None:
    canvas = Canvas(120, 80)
    canvas.light += noise.fractal(_rng(), (80, 120), (30, 30)) ** 2 * np.float32(strength)
    shown = np.asarray(finish.develop(canvas, _rng()), dtype=np.float64)
    assert 0.15 * 255 < shown.mean() < 0.45 * 255


def test_grain_hides_the_steps_of_a_slow_ramp() -> None:
    canvas = Canvas(512, 64)
    canvas.light += np.linspace(0.10, 0.12, 512, dtype=np.float32)[None, None, :]
    shown = np.asarray(finish.develop(canvas, _rng()), dtype=np.float64)[:, :, 1]
    assert len(np.unique(shown[30])) > len(np.unique(np.round(shown.mean(axis=0))))


def test_bloom_spreads_strong_light_only() -> None:
    canvas = Canvas(300, 300)
    canvas.light += np.float32(0.5)
    finish.add_bloom(canvas)
    assert float(canvas.light.max()) == 0.5
    canvas.light[:, 145:155, 145:155] = 50.0
    finish.add_bloom(canvas)
    assert 0.5 < float(canvas.light[0, 150, 170]) < float(canvas.light[0, 150, 160]) < 5.0
