"""The wall as a display of any core of the ecosystem: raw frames in, pixels out, judged from outside."""

import base64
import contextlib

import pytest
from PIL import Image, ImageDraw

from tests.support.foreign_core import BOX, SIZE, ForeignCore, png
from tests.support.programs import programs
from tests.support.screen import capture
from tests.support.waiting import until

RED, GREEN, BLUE, GREY = (200, 0, 0), (0, 200, 0), (0, 0, 200), (90, 90, 90)


def pixel(x=0.2, y=0.3):
    return capture(BOX).getpixel((int(x * SIZE[0]), int(y * SIZE[1])))


def near(colour, x=0.2, y=0.3, by=6):
    return all(abs(one - other) <= by for one, other in zip(pixel(x, y), colour, strict=True))


async def seen(colour, x=0.2, y=0.3, within=30.0):
    await until(lambda: near(colour, x, y), within, f"{colour} at {x}, {y}; there is {pixel(x, y)}")


@pytest.fixture
async def core(tmp_path):
    made = ForeignCore(tmp_path)
    try:
        with programs(tmp_path) as started:
            made.program = started.start("textcraft-display", *made.arguments())
            await made.joined()
            yield made
            assert "Traceback" not in made.program.output, made.program.output
            assert ".qml" not in made.program.output, made.program.output
    finally:
        made.close()


async def test_pictures_come_by_address_or_value_in_every_form(core):
    colours = iter([RED, GREEN, BLUE, (200, 200, 0), (0, 200, 200), (200, 0, 200)])
    colour = next(colours)
    core.media(uri=f"file://{core.file(colour, '1 a.png')}", request_id="r1", fade_in=0)
    await seen(colour)
    colour = next(colours)
    core.media(uri=core.file(colour, "2 a.png").as_uri())  # escaped, and without an id
    await seen(colour)
    colour = next(colours)
    core.media(uri=str(core.file(colour, "3 a.png")), fade_in=0.1, surprise={"deep": [1]})
    await seen(colour)
    colour = next(colours)
    core.media(image_data="data:image/png;base64," + base64.b64encode(png(colour)).decode(), request_id=None)
    await seen(colour)
    colour = next(colours)
    core.media(image_data=base64.b64encode(png(colour)).decode())
    await seen(colour)
    colour = next(colours)
    core.media("debug_depth", image_data=base64.b64encode(png(colour)).decode())
    await seen(colour)
    assert core.alerts() == []


async def test_fades_durations_clear_and_the_one_that_is_said_twice(core):
    core.media(uri=str(core.file(RED, "red.png")), request_id="r1", fade_in=0)
    await seen(RED)
    core.media(uri=str(core.file(BLUE, "blue.png")), request_id="r2", fade_in=4)
    await until(lambda: 40 < pixel()[2] < 160 and 40 < pixel()[0] < 160, what="the middle of the fade")
    await seen(BLUE)
    core.media("clear", fade_out=3)
    await until(lambda: 20 < pixel()[2] < 180, what="the middle of the clearing")
    await seen((0, 0, 0))
    core.media(uri=str(core.file(GREEN, "green.png")), request_id="r3", duration=4, fade_in=0.1, fade_out=0.1)
    await seen(GREEN)
    await seen((0, 0, 0))
    core.media(uri=str(core.file(RED, "red.png")), request_id="r1", fade_in=0)  # an old id with an old picture shows
    await seen(RED)


async def test_a_picture_with_a_place_lies_over_the_one_that_shows(core):
    core.media(uri=str(core.file(GREY, "grey.png")), fade_in=0)
    await seen(GREY)
    core.media(uri=str(core.file(RED, "t1.png", (64, 64))), request_id="t1", position=[0, 0], size=[120, 90], fade_in=0)
    await seen(RED, 0.1, 0.9)  # from the lower left, as in the field
    assert near(GREY, 0.1, 0.6)
    assert near(GREY, 0.3, 0.9)
    core.media(uri=str(core.file(BLUE, "t2.png", (100, 50))), request_id="t2", position="top_right", final_tile=True)
    await seen(BLUE, 0.95, 0.05)
    core.media(uri=str(core.file(GREEN, "t3.png")), request_id="t3", position="center", size=[40, 40], final_tile=True,
               fade_in=0, fade_out=0)  # fmt: skip
    await seen(GREEN, 0.5, 0.5)
    await seen(GREY, 0.95, 0.05)  # the set before is gone
    core.media("clear", fade_out=0)
    await seen((0, 0, 0), 0.5, 0.5)


async def test_texts_are_placed_styled_replaced_and_removed(core):
    core.media(uri=str(core.file(GREY, "grey.png")), fade_in=0)
    await seen(GREY)

    def bright(left, top, right, bottom):
        area = capture(BOX).crop([round(v * s) for v, s in zip((left, top, right, bottom), SIZE * 2, strict=True)])
        return max(sum(colour) for _, colour in area.getcolors(1 << 20))

    style = {"font_size": 40, "color": [255, 255, 0, 255], "position": "top_left", "anchor": "top_left"}
    core.say("DisplayText", text_id="a", content="<b>TITLE</b>", speaker="title", style=style, fade_duration=[0, 0])
    await until(lambda: (255, 255, 0) in dict(map(reversed, capture(BOX).getcolors(1 << 20))), what="yellow letters")
    assert bright(0, 0, 0.5, 0.3) == 510
    assert bright(0, 0.4, 1, 1) == sum(GREY)
    core.say("DisplayText", text_id="a", content="two", speaker="agent", fade_duration=0)  # replaced, below
    await until(lambda: bright(0, 0.7, 1, 1) > 700, what="white letters below")
    assert bright(0, 0, 1, 0.4) == sum(GREY)
    core.say("RemoveText", text_id="a", fade_out=0)
    await until(lambda: bright(0, 0, 1, 1) == sum(GREY), what="the text to go")
    style = {"position": [0.5, 0.5], "anchor": "center", "color": "#FFFFFF", "max_width": 0.3, "align": "center"}
    core.say("DisplayText", text_id="b", content="gone soon", duration=4, fade_duration=0.1, style=style)
    await until(lambda: bright(0.3, 0.3, 0.7, 0.7) > 600, what="words in the middle")
    assert bright(0, 0, 1, 0.2) == sum(GREY)
    await until(lambda: bright(0, 0, 1, 1) == sum(GREY), what="the words to go by themselves")
    core.say("DisplayText", text_id="m", content="news " * 40, speaker="marquee", fade_duration=0)
    await until(lambda: bright(0.5, 0.7, 0.8, 1) > 500, 30, "the marquee to come along")
    assert core.alerts() == []


async def test_what_cannot_be_honoured_is_said_and_the_rest_is_shown(core):
    core.media(uri=str(core.file(GREY, "grey.png")), fade_in=500, position=None)
    await core.alerted("fade_in")
    style = {"color": "no", "position": "nowhere", "anchor": "left", "align": "up", "font_size": 1, "max_width": -1}
    core.say("DisplayText", text_id="a", content="x", speaker="oracle", duration=-4, fade_duration=0, style=style)
    for words in ("oracle", "duration", "color", "position", "anchor", "align", "font_size", "max_width"):
        await core.alerted(words)
    core.say("DisplayText", text_id="a", content="x" * 5000)
    await core.alerted("5000 characters")


HOSTILE = [
    ({"uri": "file:///etc/passwd"}, "not below"),
    ({"uri": "{images}/../outside.png"}, "not below"),
    ({"uri": "{images}/link.png"}, "not below"),
    ({"uri": "{images}/absent.png"}, "no file"),
    ({"uri": "{images}"}, "no file"),
    ({"uri": "http://127.0.0.1:9/a.png"}, "not allowed"),
    ({"uri": "ftp://127.0.0.1/a.png"}, "no address"),
    ({"image_data": "%%%%"}, "no base64"),
    ({"image_data": "data:text/html,<b>"}, "without base64"),
    ({"image_data": base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()}, "no PNG"),
    ({"image_data": base64.b64encode(png(RED)[:40] + b"\0" * 99).decode()}, "cannot decode"),
    ({}, "names no picture"),
    ({"content_type": "video", "video_path": "{images}/film.mp4"}, "video"),
    ({"content_type": "image_sequence", "sequence_path": "/etc"}, "not below"),
    ({"content_type": "image_sequence", "sequence_path": "{images}/empty"}, "holds no"),
    ({"content_type": "hologram"}, "wrong fields"),
    ({"fade_in": "soon"}, "wrong fields"),
    ({"position": "center", "uri": "file:///etc/shadow"}, "not below"),
]


async def test_a_bad_message_never_changes_the_picture(core):
    core.media(uri=str(core.file(RED, "red.png")), fade_in=0)
    await seen(RED)
    (core.images / "empty").mkdir()
    (core.folder / "outside.png").write_bytes(png(BLUE))
    (core.images / "link.png").symlink_to(core.folder / "outside.png")
    (core.images / "film.mp4").write_bytes(b"no film")
    before = capture(BOX)
    for template, words in HOSTILE:
        fields = {key: value.replace("{images}", str(core.images)) for key, value in template.items()}
        core.media(**{"fade_in": 0, "request_id": words, **fields})
        await core.alerted(words)
    for frame in (b"", b"DisplayMedia", b"DisplayMedia {", b"DisplayMedia []", b"DisplayMedia \xff\xfe", b"\0" * 4096):
        core.events.send(frame)
    with contextlib.suppress(AssertionError):
        await until(lambda: capture(BOX).tobytes() != before.tobytes(), 0.5)
    assert capture(BOX).tobytes() == before.tobytes()
    core.media(uri=str(core.file(GREEN, "green.png")), fade_in=0)
    await seen(GREEN)
    assert core.program.process.poll() is None


async def test_a_sequence_runs_in_its_order_and_a_bad_message_does_not_stop_it(core):
    for number in range(12):
        picture = Image.new("RGB", SIZE, GREY)
        ImageDraw.Draw(picture).rectangle((number * 40, 0, number * 40 + 40, 270), fill=(200, 200, 200))
        (core.images / "walk").mkdir(exist_ok=True)
        picture.save(core.images / "walk" / f"step_{number}.png")

    def bar():
        row = capture(BOX).crop((0, 10, SIZE[0], 11)).tobytes()[::3]
        return row.find(bytes([200])) // 40

    for duration in (2.0, 8.0, 24.0):  # longer where a machine lets us look but seldom
        core.media(uri=str(core.file(GREEN, "green.png")), fade_in=0)
        await seen(GREEN)
        places = []
        core.media("image_sequence", sequence_path=str(core.images / "walk"), duration=duration, fade_in=0)
        await until(lambda: places.append(bar()) or places[-1] >= 0, what="a step")  # noqa: B023 - called here
        core.media(image_data=base64.b64encode(png(RED)[:40] + b"\0" * 99).decode())
        await until(lambda: places.append(bar()) or places[-1] == 11, what="the last step")  # noqa: B023 - as above
        assert places == sorted(places)
        if len(set(places)) > 6:
            break
    assert len(set(places)) > 5
    core.media("image_sequence", sequence_path=str(core.images / "walk"), loop=True, fade_in=0)
    await until(lambda: bar() == 9, what="round again")
    core.media(uri=str(core.file(GREEN, "green.png")), fade_in=0.2)
    await seen(GREEN)


async def test_a_core_that_dies_leaves_the_picture_and_a_wrong_address_is_one_clear_line(core, tmp_path):
    core.media(uri=str(core.file(RED, "red.png")), fade_in=0)
    await seen(RED)
    core.events.close()
    with programs(tmp_path) as started:
        wrong = started.start("textcraft-display", "--foreign", "--wall", "other", "--events", "nowhere")
        assert wrong.wait() == 1
        assert "events" in wrong.output.splitlines()[-1]
    assert near(RED)
