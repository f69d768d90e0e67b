"""What really appears on the screen: each transition in its middle and at its end, and nothing jumps or flashes."""

import asyncio
import itertools
import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize
from PySide6.QtGui import QFocusEvent

from tests.support.qt_loop import until
from tests.support.screen import mean
from tests.textcraft_display.rig import AT, BLUE, GREEN, RED, SAFE, flat, near, on_wall
from textcraft_bus.channel.messages import Layer, Transition, TransitionKind, WallMap
from textcraft_display.keys import Keys
from textcraft_display.view import in_one_line


async def sampled(rig, number, *places):
    """Pixels at places, with the time, again and again until the scene has settled."""
    samples = []
    while not rig._told(number, "settled"):
        picture = rig.screen()
        samples.append((time.monotonic(), *(picture.getpixel(place) for place in places)))
        await asyncio.sleep(0.005)
    return samples


LEFT, RIGHT = (120, 60), (360, 60)
ENOUGH_LOOKS = 20


async def crossed(rig, kind, seconds=0.8):
    """Looks between two pictures; where they are few, as on a machine that does something else, the way is longer."""
    red, blue = rig.picture(flat(RED)), rig.picture(flat(BLUE))
    for longer in (1, 4, 12):
        await rig.show(red)
        transition = Transition(kind=kind, seconds=seconds * longer)
        samples = await sampled(rig, rig.play(blue, transition=transition), LEFT, RIGHT)
        assert rig.screen().getcolors() == [(480 * 270, BLUE)]
        if kind == "cut" or len(samples) >= ENOUGH_LOOKS:
            break
    return samples


def test_a_cut_has_no_middle(tmp_path):
    async def play(rig):
        for _, left, right in await crossed(rig, "cut"):
            assert left in (RED, BLUE)
            assert right in (RED, BLUE)

    on_wall(tmp_path, play)


def test_a_fade_mixes_both_pictures_and_never_dips(tmp_path):
    async def play(rig):
        samples = await crossed(rig, "fade")
        assert all(abs(red + blue - 200) <= 4 for _, (red, _, blue), _ in samples)
        assert any(60 < blue < 140 for _, (_, _, blue), _ in samples)

    on_wall(tmp_path, play)


def test_through_black_is_dark_between_two_pictures(tmp_path):
    async def play(rig):
        samples = await crossed(rig, "through_black", 1.2)
        assert not any(red > 4 and blue > 4 for _, (red, _, blue), _ in samples)
        assert any(red + blue < 60 for _, (red, _, blue), _ in samples)
        assert any(60 < red < 180 for _, (red, _, _), _ in samples)
        assert any(60 < blue < 180 for _, (_, _, blue), _ in samples)

    on_wall(tmp_path, play)


@pytest.mark.parametrize(("kind", "left", "right"), [("slide", RED, BLUE), ("wipe", BLUE, RED)])
def test_slide_and_wipe_show_each_picture_on_its_side(tmp_path, kind, left, right):
    async def play(rig):
        seen = {pixels[1:] for pixels in await crossed(rig, kind)}
        assert (left, right) in seen
        assert seen <= {(RED, RED), (left, right), (BLUE, BLUE)}

    on_wall(tmp_path, play)


@pytest.mark.parametrize("kind", ["fade", "wipe", "slide"])
def test_a_scene_in_a_running_transition_neither_jumps_nor_flashes(tmp_path, kind):
    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        fade = Transition(kind="fade", seconds=1.0)
        await rig.began(rig.play(rig.picture(flat(BLUE)), transition=fade))
        await until(lambda: rig.pixel(0.1, 0.2)[2] > 60)
        number = rig.play(rig.picture(flat(GREEN)), transition=Transition(kind=kind, seconds=0.8))
        samples = await sampled(rig, number, LEFT)
        assert rig.screen().getcolors() == [(480 * 270, GREEN)]
        for (earlier, before), (later, after) in itertools.pairwise(samples):
            assert sum(after) >= 190  # black would be 0
            if kind == "fade":  # a fade of 200 in 0.8 s is at most 400 a second steep
                assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 100 + 400 * (later - earlier)
            else:
                assert after[1] in (0, 200)

    on_wall(tmp_path, play)


def test_many_scenes_in_quick_succession_end_with_the_newest(tmp_path):
    async def play(rig):
        pictures = [rig.picture(flat((60 + 15 * number, 100, 0))) for number in range(8)]
        await rig.show(pictures[0])
        for picture in pictures[1:]:
            number = rig.play(picture, transition=Transition(kind="fade", seconds=2.0))
            await rig.began(number)
            assert rig.pixel(0.2, 0.2)[0] >= 58
        await rig.show(rig.picture(flat(BLUE)), transition=Transition(kind="fade", seconds=0.3))
        assert rig.screen().getcolors() == [(480 * 270, BLUE)]

    on_wall(tmp_path, play)


def test_a_thousand_scenes_in_a_second_show_the_newest(tmp_path):
    async def play(rig):
        pictures = [rig.picture(flat((number * 10, 40, 40))) for number in range(20)]
        for number in range(1000):
            last = rig.play(pictures[number % 20], f"{number}", transition=Transition(seconds=0.2))
            if number % 50 == 0:
                await asyncio.sleep(0)
        await rig.settled(last)
        assert near(rig.pixel(0.3, 0.3), (190, 40, 40))
        assert rig.player.caption == "999"
        assert len(rig.tasks) == 0

    on_wall(tmp_path, play)


def test_layers_cover_the_program_without_letting_it_through(tmp_path):
    async def play(rig):
        assert rig.pixel(0.5, 0.5) == SAFE
        red = rig.picture(flat(RED))
        await rig.show(red)
        await rig.show(red, layer=Layer.SAFE_LOOK, layer_seconds=0.1)
        assert rig.screen().getcolors() == [(480 * 270, SAFE)]
        for layer in (Layer.BLACK, Layer.SAFE_LOOK):
            number = rig.play(red, layer=layer, layer_seconds=0.5)
            assert all(pixel[0] <= SAFE[0] + 4 for _, pixel in await sampled(rig, number, LEFT))
        await rig.show(red, layer=Layer.BLACK, layer_seconds=0.1, text="words", watermark="REHEARSAL")
        assert mean(rig.screen()) < 0.5
        number = rig.play(red, layer=Layer.PROGRAM, layer_seconds=0.4)
        assert all(near((pixel[1], pixel[2]), (0, 0)) for _, pixel in await sampled(rig, number, LEFT))
        assert rig.pixel(0.3, 0.3) == RED

    on_wall(tmp_path, play)


def test_a_layer_called_back_half_way_turns_without_a_jump(tmp_path):
    async def play(rig):
        red = rig.picture(flat(RED))
        for seconds in (1.0, 6.0, 15.0):  # longer where it was black already when we looked
            await rig.show(red)
            rig.play(red, layer=Layer.BLACK, layer_seconds=seconds)
            await until(lambda: rig.pixel(0.3, 0.3)[0] < 120)
            before = rig.pixel(0.3, 0.3)[0]
            if before > 40:
                break
        began = time.monotonic()
        looks = await sampled(rig, rig.play(red, layer=Layer.PROGRAM, layer_seconds=1.0), LEFT)
        samples = [pixel[0] for _, pixel in looks]
        assert samples[0] <= before + 40 + 200 * (looks[0][0] - began)
        assert samples[-1] > 150
        assert min(samples) > 0

    on_wall(tmp_path, play)


def test_a_see_through_picture_stands_on_black_all_the_way(tmp_path):
    async def play(rig):
        red, clear = rig.picture(flat(RED)), rig.picture(flat((0, 0, 200, 0)))
        samples = []
        for seconds in (0.5, 4.0, 12.0):
            await rig.show(red)
            samples += await sampled(rig, rig.play(clear, transition=Transition(kind="fade", seconds=seconds)), LEFT)
            if len(samples) >= ENOUGH_LOOKS:
                break
        assert any(30 < pixel[0] < 170 for _, pixel in samples)
        assert rig.pixel(0.3, 0.3) == (0, 0, 0)

    on_wall(tmp_path, play)


def test_what_qt_cannot_decode_leaves_the_picture_and_the_next_is_shown(tmp_path, qtlog):
    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        whole = rig.picture(flat(BLUE))
        data = (tmp_path / f"{whole.sha256[:8]}.png").read_bytes()
        broken = rig.file(data[:40] + b"\0" * 200)  # a header, then nothing
        number = rig.play(broken)
        await rig.settled(number)
        assert rig.refusals() == ["Qt cannot decode it"]
        assert rig.pixel(0.3, 0.3) == RED
        await rig.show(whole)
        assert rig.pixel(0.3, 0.3) == BLUE

    with qtlog.disabled():
        on_wall(tmp_path, play)


@pytest.mark.parametrize("kind", ["svg", "bomb", "wrong", "gone"])
def test_hostile_pictures_change_nothing(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("textcraft_display.scene_player.BLOB_SECONDS", 0.05)

    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        good = rig.picture(flat(BLUE))
        path = tmp_path / f"{good.sha256[:8]}.png"
        data = path.read_bytes()
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><rect fill='blue' width='9' height='9'/></svg>"
        bomb = data[:16] + (60000).to_bytes(4, "big") * 2 + data[24:]
        hostile = {
            "svg": lambda: rig.file(svg),
            "bomb": lambda: rig.file(bomb),
            "wrong": lambda: good,
            "gone": lambda: good,
        }
        picture = hostile[kind]()
        if kind == "wrong":
            path.write_bytes(data + b"x")
        if kind == "gone":
            path.unlink()
        await rig.settled(rig.play(picture, transition=Transition(seconds=0.1)))
        assert len(rig.refusals()) == 1
        assert rig.screen().getcolors() == [(480 * 270, RED)]

    on_wall(tmp_path, play)


def test_the_worst_frame_is_measured_only_while_something_moves(tmp_path):
    async def play(rig):
        await crossed(rig, "fade", 1.0)
        await until(lambda: rig.view.frames.worst_ms > 0)
        assert rig.view.frames.worst_ms < 5000
        await until(lambda: rig.view.frames.worst_ms == 0)
        assert not rig.view.frames.hidden
        rig.view.withdraw()
        await until(lambda: rig.view.frames.hidden)

    on_wall(tmp_path, play)


def test_a_wall_that_is_seen_again_says_so_with_its_first_frame_and_not_a_pulse_later(tmp_path):
    """Its painting may hang within that second, and with it whoever would look: it would count as hidden for good."""

    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        rig.view.withdraw()
        await until(lambda: rig.view.frames.hidden)
        rig.view.frames._pulse.stop()
        rig.view.open_window(QSize(*rig.size), QPoint(*AT))
        await until(lambda: not rig.view.frames.hidden)

    on_wall(tmp_path, play)


def test_a_hidden_wall_comes_back_as_it_was_and_goes_on_meanwhile(tmp_path):
    async def play(rig):
        await rig.show(rig.picture(flat(RED)))
        for _ in range(5):
            rig.view.withdraw()
            await until(lambda: rig.pixel(0.3, 0.3) != RED)
            await rig.open()
            assert rig.pixel(0.3, 0.3) == RED
        rig.view.withdraw()
        number = rig.play(rig.picture(flat(BLUE)), transition=Transition(kind="fade", seconds=0.3))
        await until(lambda: rig.player.shown is not None and len(rig.tasks) == 0)
        assert not rig._told(number, "first_frame")
        await rig.open()
        await rig.settled(number)
        assert rig.pixel(0.3, 0.3) == BLUE

    on_wall(tmp_path, play)


def test_words_come_in_one_line_and_french_signs_stay_with_their_words():
    assert in_one_line("one\n\n two\tthree\u2028four ") == "one two three four"
    assert in_one_line("« Non » : oui !") == "«\u00a0Non\u00a0»\u00a0: oui\u00a0!"
    assert in_one_line("50\u202f% <b>x</b>") == "50\u202f% <b>x</b>"


def test_a_chosen_safe_look_is_seen_and_the_own_one_comes_back(tmp_path):
    async def play(rig):
        blue = rig.picture(flat(BLUE))
        rig.play(None, layer=Layer.SAFE_LOOK, safe_look=blue)
        await until(lambda: near(rig.pixel(0.5, 0.5), BLUE), 30)
        rig.play(None, layer=Layer.SAFE_LOOK)
        await until(lambda: near(rig.pixel(0.5, 0.5), SAFE), 30)

    on_wall(tmp_path, play)


def test_layers_transitions_and_a_map_change_within_one_and_the_same_window(tmp_path):
    async def play(rig):
        window = rig.view.winId()
        await rig.show(rig.picture(flat(RED)))
        await rig.show(rig.picture(flat(BLUE)), transition=Transition(kind=TransitionKind.WIPE, seconds=0.2))
        await rig.show(rig.picture(flat(BLUE)), layer=Layer.BLACK)
        await rig.show(rig.picture(flat(RED)), map=WallMap(rotate=90))
        await rig.show(rig.picture(flat(RED)), layer=Layer.SAFE_LOOK)
        rig.view.withdraw()
        rig.view.open_window(QSize(*rig.size), QPoint(*AT))
        await rig.painted()
        assert rig.view.winId() == window

    on_wall(tmp_path, play)


def test_the_window_notes_that_the_keyboard_fell_to_it_and_went(tmp_path):
    async def play(rig):
        rig.view.keys = Keys(lambda *_key: None, lambda: None)
        for kind, here in ((QEvent.Type.FocusIn, True), (QEvent.Type.FocusOut, False)):
            QCoreApplication.sendEvent(rig.view, QFocusEvent(kind))
            assert rig.view.keys.has_keyboard is here

    on_wall(tmp_path, play)
