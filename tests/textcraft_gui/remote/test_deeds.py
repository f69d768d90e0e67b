"""Every address with every argument, sensible or junk, in every mode: it does what its verb may do, or says why not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import show_script as script
from tests.textcraft_gui.remote.test_addresses import osc
from textcraft_bus.channel.messages import CaptionStyle, Layer, Mode, ScreenInfo, WallMap
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.bench import BenchSettings
from textcraft_core.events import CheckState
from textcraft_gui.projection import apply
from textcraft_gui.remote.addresses import NotUnderstood, Order, read
from textcraft_gui.remote.deeds import Deeds
from textcraft_gui.remote.table import ADDRESSES
from textcraft_gui.state.show_state import ShowState, moment
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.verb import Verb

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60)
"""No OSC text holds a NUL."""
JUNK = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.floats(width=32), st.booleans(), TEXTS, st.binary(min_size=1, max_size=20),
    st.sampled_from(["next", "live", "narrator", "brick", "ch01", "fade", "closed", "temperature", "../x"]),
)  # fmt: skip
SENSIBLE = {
    "picture": st.sampled_from([1, 3, "next", "picture-1", "live"]),
    "wall": st.sampled_from([1, "brick", "The stairs"]),
    "chapter": st.sampled_from(["ch01", "ch02", "ch99"]), "role": st.sampled_from(["narrator", "editor", "nobody"]),
    "line": st.sampled_from([1, 2, "line-1"]), "story": st.sampled_from([1, "story-1"]), "on": st.sampled_from([0, 1]),
}  # fmt: skip
"""Arguments that name what is there, or nearly."""
START = datetime(2030, 1, 1, 20, 0, tzinfo=UTC)
SCREEN = ScreenInfo(connector="HDMI-1", width=1920, height=1080)


class Remote:
    """Deeds on a stage that keeps what it was given, with something of everything there."""

    def __init__(self, folder, mode=Mode.EDIT):
        self.stage = FakeStage()
        self.state = ShowState(mode=mode, folder=str(folder))
        self.verbs = Verbs(self.stage, self.state, InlineTasks())
        self.refused, self.done = [], []
        self.verbs.on_refused = lambda verb, why: self.refused.append((verb, why))
        self.verbs.on_done = lambda verb, how: self.done.append((verb, how))
        for verb in (Verb.FRONT_OF_HOUSE, Verb.FULL_SCREEN, Verb.PEEK):
            self.verbs.serve(verb, lambda: None, lambda _on: None)
        for verb in (Verb.RESET_LAYOUT, Verb.LAYOUT_FOR_SHOW, Verb.OSC_OFF):
            self.verbs.serve(verb, lambda: None)
        self.deeds = Deeds(self.verbs, self.state, "osc", lambda: self.stage.writing, self.stage.clock.monotonic)
        self.tell(script.matrix(), *self._pictures(), *self._walls())
        self.tell(
            ev.InputQueued(input_id="line-1", text="bring Mara back", source="operator"),
            ev.InputQueued(input_id="line-2", text="let it rain", source="operator"),
            ev.AudienceHeard(story_id="story-1", text="a boat came in"),
            ev.PreflightChecked(check="power", state=CheckState.FAIL, found="on battery"),
        )

    def _pictures(self):
        for number in range(3):
            yield from script.candidate(number, f"{number}.png", approved=number != 1, passed=number != 1)
        yield ev.NextStaged(request_id="picture-0")

    def _walls(self):
        for wall in ("brick", "stairs"):
            yield ev.WallConfirmed(wall=wall, phase="settled", layer=Layer.PROGRAM, scene=1, sha256=script.sha(0))
        yield ev.WallNamed(wall="stairs", title="The stairs")
        yield ev.WallPlaced(wall="brick", free=(SCREEN,))

    def tell(self, *events):
        for event in events:
            apply(self.state, event, moment(self.stage.clock))

    def say(self, name, *values):
        [order] = read(osc(f"/textcraft/{name}", *values))
        self.deeds.do(order)
        return self.stage.handled


@pytest.fixture
def remote(tmp_path):
    return Remote(tmp_path)


PLAN = {"action_type": "edit", "assigned_agent": "editor", "context_notes": "shorter"}
CASES = {
    ("withdraw_line", 1): cmd.WithdrawInput(input_id="line-1"),
    ("edit_line", "line-2", "let it snow"): cmd.EditInput(input_id="line-2", text="let it snow"),
    ("move_line", 2, 1): cmd.MoveInput(input_id="line-2", index=0),
    ("force_target", "ch02", "let it rain"): cmd.Override(instruction="let it rain", target="ch02"),
    ("clear_notes", "ch01"): cmd.ForgetNotes(chapter_id="ch01"),
    ("accept_story", 1): cmd.DecideStory(story_id="story-1", verdict="accept"),
    ("accept_story", 1, "a ship"): cmd.DecideStory(story_id="story-1", verdict="accept", text="a ship"),
    ("ignore_story", "story-1"): cmd.DecideStory(story_id="story-1", verdict="ignore"),
    ("forget_story", 1, 1): cmd.DecideStory(story_id="story-1", verdict="forget"),
    ("waive", "power", 1): cmd.WaiveCheck(check="power"),
    ("again", 1, "a boat", 7): cmd.Rerender(request_id="picture-0", prompt="a boat", seed=7),
    ("name_wall", 1, "Brick"): cmd.NameWall(wall="brick", title="Brick"),
    ("wall_screen", "brick", 1): cmd.AssignScreen(wall="brick", screen=SCREEN),
    ("wall_screen", "brick", 0): cmd.AssignScreen(wall="brick", screen=None),
    ("wall_fit", 1, "fit"): cmd.SetWallMap(wall="brick", map=WallMap(fit="fit")),
    ("wall_rotate", "The stairs", 90): cmd.SetWallMap(wall="stairs", map=WallMap(rotate=90)),
    ("wall_crop", 1, 0.25, 0.0, 0.5, 1.0): cmd.SetWallMap(wall="brick", map=WallMap(crop=(0.25, 0, 0.5, 1))),
    ("wall_brightness", 1, 0.25): cmd.SetWallMap(wall="brick", map=WallMap(brightness=0.25)),
    ("wall_contrast", 1, -0.5): cmd.SetWallMap(wall="brick", map=WallMap(contrast=-0.5)),
    ("wall_straight", 1): cmd.SetWallMap(wall="brick", map=WallMap()),
    ("wall_corner", 1, 1, 0.25, 0.0): cmd.SetWallMap(
        wall="brick", map=WallMap(corners=((0.25, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    ),
    ("captions", 0): cmd.SetCaptions(on=False, style=CaptionStyle()),
    ("caption_size", 1.5): cmd.SetCaptions(on=True, style=CaptionStyle(size=1.5)),
    ("caption_plate", 0): cmd.SetCaptions(on=True, style=CaptionStyle(plate=False)),
    ("caption_place", "top"): cmd.SetCaptions(on=True, style=CaptionStyle(place="top")),
    ("caption_margin", 0.125): cmd.SetCaptions(on=True, style=CaptionStyle(margin=0.125)),
    ("choose_safe_look",): cmd.SetSafeLook(request_id=None),
    ("choose_safe_look", "next"): cmd.SetSafeLook(request_id="picture-0"),
    ("house_card", "end", 3): cmd.SetCard(which="end", request_id="picture-2"),
    ("house_card", "end"): cmd.SetCard(which="end"),
    ("house_card_text", "closed", "Until tomorrow"): cmd.SetCard(which="closed", text="Until tomorrow"),
    ("try_card", "end", 1): cmd.TryCard(which="end"),
    ("try_card", "end", 0): cmd.TryCard(which=None),
    ("apply_draft", "personas", 1): cmd.ApplyDraft(draft_id="story_bible/personas.json"),
    ("apply_draft", "manuscripts/ch01.md", 0): cmd.ApplyDraft(draft_id="manuscripts/ch01.md", on=False),
    ("discard_draft", "locations", 1): cmd.DiscardDraft(draft_id="story_bible/locations.json"),
    ("bench_faults", "flaky"): cmd.SetBench(settings=BenchSettings(fault_profile="flaky")),
    ("bench_first_word", 2.0): cmd.SetBench(settings=BenchSettings(first_token_s=2)),
    ("bench_pace", 20.0): cmd.SetBench(settings=BenchSettings(tokens_per_s=20)),
    ("bench_speed", 20): cmd.SetBench(settings=BenchSettings(speed=20)),
    ("bench_watermark", 0): cmd.SetBench(settings=BenchSettings(watermark=False)),
    ("bench_brain", "live"): cmd.SetBench(settings=BenchSettings(brain="live")),
    ("bench_live", 2.0, 1): cmd.SetBench(settings=BenchSettings(brain="live", most_usd=2)),
    ("keep_rehearsal", "2030-01-01-2014", "With Mara"): cmd.KeepRehearsal(name="2030-01-01-2014", title="With Mara"),
    ("drop_rehearsal", "2030-01-01-2014", 1): cmd.ThrowAwayRehearsal(name="2030-01-01-2014"),
    ("prune_rehearsals", 30, 1): cmd.PruneRehearsals(days=30),
    ("end_copying",): cmd.CancelBenchWork(),
    ("replay",): cmd.StartReplay(),
    ("replay", "2030-01-01-2014"): cmd.StartReplay(name="2030-01-01-2014"),
    ("stop_trial",): cmd.StopTrial(),
    ("support_bundle",): cmd.MakeBundle(),
}


@pytest.mark.parametrize("message", CASES, ids=lambda message: " ".join(map(str, message)))
def test_what_a_form_says_can_be_said_from_afar(remote, message):
    assert remote.say(*message) == [CASES[message]]
    assert remote.refused == []
    assert [how for _verb, how in remote.done] == ["osc"]
    assert {how for _verb, _who, how in remote.stage.verbs_used} == {"osc"}


def test_a_whole_plan_is_assigned(remote):
    [assigned] = remote.say("assign", "editor", "edit", "ch01", "shorter")
    assert assigned.payload.pop("target_file").startswith("ch01")
    assert assigned.payload == PLAN


def test_a_replay_is_led(remote):
    remote.tell(ev.ReplayOpened(label="the show", copy_root="", began=(START, START)))
    remote.say("replay_play", 1)
    remote.say("replay_seek", 1)
    remote.say("replay_speed", 20)
    assert remote.say("leave_replay") == [
        cmd.PlayReplay(on=True), cmd.SeekReplay(place=1), cmd.SetReplaySpeed(speed=20), cmd.LeaveReplay(),
    ]  # fmt: skip
    remote.say("step")
    assert "leave the replay first" in remote.refused[-1][1]


def test_a_persona_is_changed_and_tried(remote):
    [saved] = remote.say("set_persona", "narrator", "temperature", 0.5)
    assert saved == cmd.SavePersona(
        role="narrator", persona={**remote.stage.raw_personas["narrator"], "temperature": 0.5}
    )
    remote.say("set_persona", "narrator", "max_tokens", 500.0)
    assert remote.stage.handled[-1].persona["max_tokens"] == 500
    assert isinstance(remote.stage.handled[-1].persona["max_tokens"], int)
    remote.say("try_persona", "editor", "two lines")
    tried = cmd.TryPersona(role="editor", persona=remote.stage.raw_personas["editor"], instructions="two lines")
    assert remote.stage.handled[-1] == tried


def test_two_faders_of_one_wall_do_not_undo_each_other(remote):
    remote.say("wall_brightness", 1, 0.25)
    remote.say("wall_contrast", 1, 0.5)
    assert remote.stage.handled[-1].map == WallMap(brightness=0.25, contrast=0.5)
    remote.tell(ev.WallMapSet(wall="brick", map=WallMap(brightness=0.25, contrast=0.5)))
    remote.say("wall_brightness", 1, 0.0)
    assert remote.stage.handled[-1].map == WallMap(contrast=0.5)
    remote.say("wall_straight", 1)
    assert remote.stage.handled[-1].map == WallMap()


def test_what_was_refused_long_ago_is_not_asked_again_with_the_next_change(remote):
    remote.stage.refusal = "not now"
    remote.say("wall_brightness", 1, 1.0)
    remote.stage.clock.advance(60)
    remote.stage.refusal = None
    remote.say("wall_contrast", 1, 0.5)
    assert remote.stage.handled[-1].map == WallMap(contrast=0.5)


REFUSED = [
    (("withdraw_line", 3), "no waiting line 3"), (("edit_line", "line-9", "x"), "no waiting line 'line-9'"),
    (("accept_story", 2), "no story 2"), (("waive", "disk", 1), "no check 'disk'"),
    (("wall_fit", 3, "fit"), "no wall 3"),
    (("wall_screen", 2, 1), "no free screen 1"), (("wall_crop", 1, 0.5, 0.0, 0.75, 1.0), "outside the picture"),
    (("wall_corner", 1, 1, 1.5, 1.5), "corners"), (("force_target", "ch99", "x"), "no chapter 'ch99'"),
    (("set_persona", "nobody", "name", "x"), "no persona 'nobody'"),
    (("set_persona", "narrator", "temperature", "warm"), "temperature is a number"),
    (("set_persona", "narrator", "temperature", 99.0), ""),
    (("set_persona", "narrator", "name", 7.0), "name is a text"),
    (("card_picture", "../elsewhere.png"), "not in the show's folder"), (("card_picture", "/etc/hostname"), "folder"),
    (("replay_seek", 3), "No recording"), (("leave_replay",), "No recording"), (("end_bundle",), "No support bundle"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "why"), REFUSED, ids=lambda value: str(value[0]) if isinstance(value, tuple) else ""
)
def test_what_cannot_be_is_refused_with_the_reason(remote, message, why):
    assert remote.say(*message) == []
    [(verb, told)] = remote.refused
    assert verb is ADDRESSES[message[0]].verb
    assert told
    assert why in told


def test_a_file_of_the_shows_folder_may_become_a_card(remote, tmp_path):
    remote.say("card_picture", "posters/tonight.png", "Tonight")
    assert remote.stage.handled == [cmd.AddCard(path=str(tmp_path / "posters" / "tonight.png"), caption="Tonight")]


LOCKED = [
    "wall_fit",
    "wall_brightness",
    "wall_straight",
    "name_wall",
    "wall_screen",
    "identify",
    "test_card",
    "try_card",
]
LOCKED += ["set_persona", "release_wall", "replay", "layout_for_show"]


@pytest.mark.parametrize("name", LOCKED)
def test_show_locks_from_afar_what_it_locks_at_the_console(tmp_path, name):
    remote = Remote(tmp_path, Mode.SHOW)
    address = ADDRESSES[name]
    order = Order(address, tuple(each.example for each in address.arguments))
    remote.deeds.do(order)
    assert remote.stage.handled == []
    assert remote.refused[0][0] is address.verb


def test_whoever_reads_along_changes_nothing_from_afar(tmp_path):
    remote = Remote(tmp_path)
    remote.tell(ev.ReadingAlong(who="another console", pid=7))
    for address in ADDRESSES.values():
        remote.deeds.do(Order(address, tuple(each.example for each in address.arguments)))
    assert remote.stage.handled == []
    assert remote.refused


@st.composite
def messages(draw):
    """An address with junk, or with arguments that might be meant."""
    address = draw(st.sampled_from(sorted(ADDRESSES.values(), key=lambda each: each.name)))
    if draw(st.booleans()):
        return address.name, draw(st.lists(JUNK, max_size=8))
    values = [draw(SENSIBLE.get(each.name, st.just(each.example) | JUNK)) for each in address.arguments]
    return address.name, [*values, *draw(st.sampled_from([[], [1], [0]]))]


@pytest.fixture(scope="module")
def show_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("show")


@settings(max_examples=400, deadline=None)
@given(said=st.lists(messages(), min_size=1, max_size=6), mode=st.sampled_from(Mode))
def test_no_argument_does_harm_in_any_mode(show_folder, said, mode):
    """Whatever comes: commands of the vocabulary under the rules of the verb, or a reason; never an error."""
    remote = Remote(show_folder, mode)
    for name, values in said:
        before, told = len(remote.stage.handled), len(remote.refused)
        try:
            orders = read(osc(f"/textcraft/{name}", *values))
        except NotUnderstood:
            continue
        for order in orders:
            works = not isinstance(remote.verbs.availability(order.address.verb), Refused)
            remote.deeds.do(order)
            asked = remote.stage.handled[before:]
            assert all(isinstance(command, cmd.Command) for command in asked)
            assert works or not asked or name == "take_picture"
            assert asked or remote.done or len(remote.refused) > told or not works
