from textcraft_bus.schemas_base import TranscriptUpdate
from textcraft_core.audience.transcript import Turns


def said(content, *, turn="t1", partial=False, speaker="v1", session="s"):
    return TranscriptUpdate(content=content, speaker_id=speaker, session_id=session, turn_id=turn, is_partial=partial)


def test_only_the_final_one_counts():
    turns = Turns()
    assert turns.take(said("my", partial=True)) is None
    assert turns.take(said("my grand", partial=True)) is None
    assert turns.take(said("my grandmother")) == "my grandmother"


def test_a_turn_ends_once_whatever_comes_later():
    turns = Turns()
    turns.take(said("all of it"))
    assert turns.take(said("all of it")) is None
    assert turns.take(said("more", partial=True)) is None


def test_an_empty_final_one_stands_for_the_last_part():
    turns = Turns()
    turns.take(said("as far as here", partial=True))
    assert turns.take(said(" ")) == "as far as here"


def test_turns_of_several_speakers_do_not_mix():
    turns = Turns()
    turns.take(said("one", partial=True, speaker="a"))
    assert turns.take(said("", speaker="b")) == ""
    assert turns.take(said("", speaker="a")) == "one"


def test_a_turn_without_an_id_is_one_of_its_own():
    turns = Turns()
    assert [turns.take(said("x", turn=None)), turns.take(said("x", turn=None))] == ["x", "x"]


def test_memory_is_bounded():
    turns = Turns()
    for number in range(3000):
        turns.take(said("x", turn=f"o{number}", partial=True))
        turns.take(said("x", turn=f"e{number}"))
    assert len(turns._open) <= 64
    assert len(turns._ended) <= 512
