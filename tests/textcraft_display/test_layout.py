"""How pictures, words and cards lie on the wall, judged by pixels."""

import asyncio

import pytest
from PIL import Image, ImageChops

from tests.support.qt_loop import until
from tests.support.screen import mean_difference
from tests.textcraft_display.rig import RED, flat, near, on_wall, quarters
from textcraft_bus.channel.messages import CaptionStyle, Transition, WallMap
from textcraft_gui.widgets.adjusting import table_of

R, G, B, W, K = (200, 0, 0), (0, 200, 0), (0, 0, 200), (255, 255, 255), (0, 0, 0)
LONG = "Le vent tombe d’un coup ; « personne ne bouge », dit la femme au manteau rouge, et déjà la mer recommence."


def at_quarters(rig):
    return [rig.pixel(x, y) for x, y in ((0.25, 0.25), (0.75, 0.25), (0.75, 0.7), (0.25, 0.7))]


@pytest.mark.parametrize(
    ("turn", "expected"), [(0, [R, G, B, W]), (90, [W, R, G, B]), (180, [B, W, R, G]), (270, [G, B, W, R])]
)
def test_a_wall_turns_as_a_whole(tmp_path, turn, expected):
    async def play(rig):
        await rig.show(rig.picture(quarters()), map=WallMap(rotate=turn))
        assert at_quarters(rig) == expected

    on_wall(tmp_path, play)


def test_fit_fill_and_stretch_of_a_tall_picture(tmp_path):
    async def play(rig):
        tall = quarters((200, 400))
        picture = rig.picture(tall)
        await rig.show(picture, map=WallMap(fit="fit"))  # 135 pixels wide in the middle
        assert [rig.pixel(x, 0.25) for x in (0.1, 0.34, 0.38, 0.62, 0.66, 0.9)] == [K, K, R, G, K, K]
        await rig.show(picture, map=WallMap(fit="stretch"))
        assert [rig.pixel(x, y) for x, y in ((0.05, 0.1), (0.95, 0.1), (0.95, 0.9), (0.05, 0.9))] == [R, G, B, W]
        await rig.show(picture, map=WallMap(fit="fill"))  # as wide as the wall, its middle in sight
        assert [rig.pixel(x, y) for x, y in ((0.05, 0.1), (0.95, 0.1), (0.95, 0.9), (0.05, 0.9))] == [R, G, B, W]

    on_wall(tmp_path, play)


def test_a_crop_shows_its_part_as_if_it_were_the_picture(tmp_path):
    async def play(rig):
        picture = rig.picture(quarters())
        await rig.show(picture, map=WallMap(crop=(0.5, 0.0, 0.5, 0.5)))
        assert at_quarters(rig) == [G] * 4
        await rig.show(picture, map=WallMap(crop=(0.25, 0.0, 0.5, 1.0), fit="fit"))  # 240 pixels wide in the middle
        assert [rig.pixel(x, 0.25) for x in (0.1, 0.24, 0.26, 0.49, 0.51, 0.74, 0.76)] == [K, K, R, R, G, G, K]
        await rig.show(picture, map=WallMap(crop=(0.0, 0.0, 0.5, 1.0), fit="stretch", rotate=90))
        assert at_quarters(rig) == [W, R, R, W]
        number = rig.play(picture, map=WallMap(crop=(0.8, 0.0, 0.5, 1.0)))
        await rig.settled(number)
        assert "inside the picture" in rig.refusals()[0]
        assert at_quarters(rig) == [W, R, R, W]

    on_wall(tmp_path, play)


def test_a_picture_of_one_pixel_and_a_huge_one_fill_the_wall(tmp_path):
    async def play(rig):
        await rig.show(rig.picture(flat(RED, (1, 1))))
        assert rig.screen().getcolors() == [(480 * 270, RED)]
        await rig.show(rig.picture(quarters((6000, 3375))))
        assert at_quarters(rig) == [R, G, B, W]

    on_wall(tmp_path, play)


def test_a_photograph_that_lies_on_its_side_is_set_upright(tmp_path):
    async def play(rig):
        lying = quarters((270, 480))
        exif = lying.getexif()
        exif[0x0112] = 6  # a quarter turn clockwise
        path = tmp_path / "lying.jpg"
        lying.save(path, quality=100, subsampling=0, exif=exif)
        await rig.show(rig.file(path.read_bytes(), "jpeg", lying.size))
        assert all(near(one, other) for one, other in zip(at_quarters(rig), [W, R, G, B], strict=True))

    on_wall(tmp_path, play)


def test_four_corners_bend_everything_and_leave_black_outside(tmp_path):
    async def play(rig):
        corners = ((0.2, 0.1), (0.8, 0.1), (0.9, 0.9), (0.1, 0.9))
        await rig.show(rig.picture(quarters()), map=WallMap(corners=corners))
        inside = [rig.pixel(x, y) for x, y in ((0.25, 0.15), (0.75, 0.15), (0.86, 0.85), (0.14, 0.85))]
        assert inside == [R, G, B, W]
        assert [rig.pixel(x, y) for x, y in ((0.15, 0.15), (0.5, 0.05), (0.95, 0.5), (0.5, 0.95))] == [K] * 4
        await rig.show(rig.picture(quarters((200, 900))), map=WallMap(corners=corners))  # its ends reach far outside
        assert [rig.pixel(x, y) for x, y in ((0.5, 0.05), (0.5, 0.95))] == [K] * 2

    on_wall(tmp_path, play)


@pytest.mark.parametrize(
    "corners", [((0, 0), (1, 1), (1, 0), (0, 1)), ((0, 0), (9, 0), (1, 1), (0, 1)), ((0, 0), (0, 0), (0, 0), (0, 0))]
)
def test_an_impossible_map_is_refused_and_the_scene_plays(tmp_path, corners):
    async def play(rig):
        await rig.show(rig.picture(quarters()), map=WallMap(corners=corners))
        assert "corner" in rig.refusals()[0]
        assert at_quarters(rig) == [R, G, B, W]

    on_wall(tmp_path, play)


def test_brightness_and_contrast_change_pictures_but_not_words(tmp_path):
    async def play(rig):
        picture = rig.picture(flat((120, 120, 120)))
        await rig.show(picture, "words")
        plain = rig.screen()
        await rig.show(picture, "words", map=WallMap(brightness=0.3))
        assert rig.pixel(0.2, 0.2)[0] > 150
        assert mean_difference(caption_of(rig.screen()), caption_of(plain)) < 25  # what shines through the plate
        await rig.show(picture, "words", map=WallMap(brightness=-0.3))
        assert rig.pixel(0.2, 0.2)[0] < 90
        await rig.show(picture, map=WallMap(contrast=0.8))
        assert rig.pixel(0.2, 0.2)[0] != 120
        await rig.show(picture)
        assert rig.pixel(0.2, 0.2) == (120, 120, 120)

    on_wall(tmp_path, play)


@pytest.mark.parametrize("kind", ["cut", "fade", "through_black", "slide"])
def test_the_bars_beside_a_picture_stay_black_however_bright_it_is_made(tmp_path, kind):
    """Also while it comes and goes, and where a picture lets its ground shine through."""
    wall_map = WallMap(fit="fit", brightness=0.3, contrast=-0.4)
    table = table_of(0.3, -0.4)
    pictures = [flat((120, 120, 120), (270, 270)), flat((60, 90, 30, 0), (270, 270))]

    async def play(rig):
        await rig.show(rig.picture(flat(RED, (270, 270))), map=wall_map)
        for number, picture in enumerate(pictures):
            transition = Transition(kind=kind, seconds=0.0 if kind == "cut" else 0.4)
            scene = rig.play(rig.picture(picture), map=wall_map, transition=transition)
            while not rig._told(scene, "settled"):
                seen = rig.screen()
                assert [seen.getpixel((x, 135)) for x in (30, 450)] == [(0, 0, 0)] * 2 or kind == "slide"
                await asyncio.sleep(0.01)
            seen = rig.screen()
            assert [seen.getpixel((x, 135)) for x in (2, 50, 103, 376, 430, 477)] == [(0, 0, 0)] * 6
            grey = table[120] if number == 0 else table[0]
            assert near(seen.getpixel((240, 135)), (grey,) * 3, by=2)
            assert near(seen.getpixel((110, 135)), (grey,) * 3, by=2)
        assert rig.refusals() == []

    on_wall(tmp_path, play)


@pytest.mark.parametrize("fit", ["fill", "fit", "stretch"])
def test_a_part_of_a_picture_made_brighter_is_still_that_part(tmp_path, fit):
    """Of quarters the lower right one, cut out and laid in each way."""
    table = table_of(0.2, 0.0)

    async def play(rig):
        await rig.show(rig.picture(quarters()), map=WallMap(fit=fit, crop=(0.5, 0.5, 0.5, 0.5), brightness=0.2))
        assert near(rig.pixel(0.5, 0.5), tuple(table[value] for value in (0, 0, 200)), by=2)
        assert rig.pixel(0.1, 0.1) == rig.pixel(0.9, 0.9) == rig.pixel(0.5, 0.5)

    on_wall(tmp_path, play)


RAMP = range(0, 480, 40)


@pytest.mark.parametrize(("brightness", "contrast"), [(0.3, 0.0), (-0.25, 0.0), (0.0, 0.5), (-0.4, 0.8), (0.2, -0.6)])
def test_every_new_picture_is_seen_through_brightness_and_contrast_as_the_console_draws_it(
    tmp_path, brightness, contrast
):
    """Pictures that come while the map is set, from the safe look on: none is black, each as in the map editor."""
    wall_map = WallMap(brightness=brightness, contrast=contrast)
    table = table_of(brightness, contrast)

    async def play(rig):
        for number in range(3):
            picture = ramp(rising=number % 2 == 0)
            await rig.show(rig.picture(picture), map=wall_map)
            assert rig.refusals() == []
            seen = rig.screen()
            for x in RAMP:
                expected = tuple(table[value] for value in picture.getpixel((x, 100)))
                assert near(seen.getpixel((x, 100)), expected, by=2), (number, x)

    on_wall(tmp_path, play)


def ramp(*, rising):
    """From black to full colour across the wall, another way round in its blue."""
    row = [(value, value // 2, 255 - value) for value in (round(x * 255 / 479) for x in range(480))]
    picture = Image.new("RGB", (480, 1))
    picture.putdata(row if rising else row[::-1])
    return picture.resize((480, 270), Image.Resampling.NEAREST)


def caption_of(screen):
    """Where a short caption stands, without the picture beside it."""
    return screen.crop(
        (screen.width * 47 // 100, screen.height * 86 // 100, screen.width * 53 // 100, screen.height * 93 // 100)
    )


def luminance(pixel):
    parts = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in pixel]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def plate_of(screen, plain):
    """Box of all that the words changed."""
    return ImageChops.difference(screen, plain).getbbox()


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080)])
@pytest.mark.parametrize("text", ["Oui.", LONG, "x" * 140])
def test_words_are_large_clear_inside_the_safe_area_and_at_most_two_lines(tmp_path, size, text):
    async def play(rig):
        picture = rig.picture(flat((255, 255, 255), size))  # the hardest ground for white words
        await rig.show(picture)
        plain = rig.screen()
        await rig.show(picture, text)
        painted = rig.screen()
        left, top, right, bottom = plate_of(painted, plain)
        assert left >= size[0] * 0.049
        assert right <= size[0] * 0.951
        assert bottom <= size[1] * 0.951
        line = (bottom - top) / (1 if text == "Oui." else 2)
        assert line >= size[1] / 24
        assert bottom - top <= size[1] / 24 * 3.6  # two lines and the plate around them
        words = painted.crop((left, top, right, bottom))
        dark = words.getpixel((words.width // 2, 2))
        brightest = max(words.convert("L").crop((6, 6, words.width - 6, words.height - 6)).tobytes())
        assert (luminance((brightest,) * 3) + 0.05) / (luminance(dark) + 0.05) >= 4.5

    on_wall(tmp_path, play, size)


@pytest.mark.parametrize("text", ["Oui.", LONG, "x" * 140])
@pytest.mark.parametrize("style", [
    CaptionStyle(size=3, plate=True, place="top", margin=0.02),
    CaptionStyle(size=1, plate=False, place="bottom", margin=0.25),
])  # fmt: skip
def test_words_keep_inside_the_wall_in_every_style_and_stay_readable(tmp_path, style, text):
    size = (640, 360)

    async def play(rig):
        picture = rig.picture(flat((255, 255, 255), size))
        await rig.show(picture, caption_style=style)
        plain = rig.screen()
        await rig.show(picture, text, caption_style=style)
        painted = rig.screen()
        left, top, right, bottom = plate_of(painted, plain)
        assert left >= size[0] * 0.04
        assert right <= size[0] * 0.96
        edge = top if style.place == "top" else size[1] - bottom
        assert edge >= size[1] * style.margin - 1
        assert edge <= size[1] * style.margin + size[1] / 12
        assert bottom - top <= size[1] / 24 * 3.6 * style.size
        darkest = min(painted.crop((left, top, right, bottom)).convert("L").tobytes())
        assert (1.05) / (luminance((darkest,) * 3) + 0.05) >= 4.5

    on_wall(tmp_path, play, size)


def test_a_style_changes_the_words_that_show(tmp_path):
    async def play(rig):
        picture = rig.picture(flat((255, 255, 255)))
        await rig.show(picture, "words")
        low = rig.screen()
        await rig.show(picture, "words", caption_style=CaptionStyle(place="top"))
        box = plate_of(rig.screen(), low)
        assert box[1] < 60
        assert box[3] > 200

    on_wall(tmp_path, play)


def test_words_are_literal_and_right_to_left_text_stays_in_its_plate(tmp_path):
    async def play(rig):
        red = flat(RED)
        (tmp_path / "leak.png").write_bytes(b"")
        red.save(tmp_path / "leak.png")
        picture = rig.picture(flat((255, 255, 255)))
        await rig.show(picture)
        plain = rig.screen()
        await rig.show(picture, f"<img src='file://{tmp_path}/leak.png'><h1>Z</h1>")
        colours = {pixel for _, pixel in caption_pixels(rig).getcolors(1 << 20)}
        assert RED not in colours
        await rig.show(picture, "שלום עולם, \u202eabc\u202c 123")
        left, _, right, _ = plate_of(rig.screen(), plain)
        assert abs((left + right) / 2 - 240) <= 2

    on_wall(tmp_path, play)


def caption_pixels(rig):
    return rig.screen().crop((0, 200, 480, 270))


def test_identify_and_the_test_card_cover_everything_and_go_again(tmp_path):
    async def play(rig):
        await rig.show(rig.picture(quarters()), "words")
        before = rig.screen()
        rig.view.show_card(test=False, about="480 × 270", seconds=60)
        await rig.painted()
        assert rig.pixel(0.5, 0.0) == W
        assert max(rig.pixel(0.1, 0.2)) < 60
        rig.view.show_card(test=True, about="480 × 270", seconds=60)
        await rig.painted()
        card = rig.screen()
        assert all(card.getpixel(place)[0] > 200 for place in ((1, 1), (478, 1), (1, 268), (478, 268)))
        bars = [card.getpixel((150 + 22 * number + 11, 135 - 60)) for number in range(8)]
        assert bars == [W, (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (*B[:2], 255), K]
        rig.view.show_card(test=False, about="", seconds=0)
        await rig.painted()
        assert mean_difference(rig.screen(), before) == 0
        rig.view.show_card(test=True, about="", seconds=0.05)
        await until(lambda: mean_difference(rig.screen(), before) == 0)

    on_wall(tmp_path, play)
