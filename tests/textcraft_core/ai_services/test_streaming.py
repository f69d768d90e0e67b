import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.llm_server import delta, text_chunks, tool_chunks
from textcraft_core.ai_services.client import BrainError, BrainFault, check_answer
from textcraft_core.ai_services.streaming import Assembly, EventReader, told


def assemble(chunks, pieces=None):
    heard, assembly, reader = [], None, EventReader()
    assembly = Assembly(heard.append)
    for piece in pieces or [b"".join(chunks)]:
        for event in reader.feed(piece):
            if not event.data.startswith("[DONE]"):
                assembly.take(event.data)
    return assembly, heard


def chunk(**parts):
    return json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": None, **parts}]})


@given(
    texts=st.lists(st.text(min_size=1, max_size=12), max_size=6),
    ends=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    at=st.lists(st.integers(0, 2000), max_size=30),
)
def test_events_are_read_wherever_the_bytes_are_cut(texts, ends, at):
    lines = [b": a comment", b"event: x"] + [
        part for text in texts for part in (b"data: " + json.dumps(text).encode(), b"")
    ]
    stream = ends.join([*lines, b""])
    places = sorted({place % (len(stream) + 1) for place in at})
    reader = EventReader()
    found = []
    for start, end in zip([0, *places], [*places, len(stream)], strict=True):
        found += [json.loads(event.data) for event in reader.feed(stream[start:end])]
    found += [json.loads(event.data) for event in reader.end()]
    assert found == texts


def test_an_event_without_its_blank_line_still_counts():
    reader = EventReader()
    assert [*reader.feed(b"data: a\ndata: b")] == []
    assert [event.data for event in reader.end()] == ["a\nb"]


def test_a_text_comes_piece_by_piece_and_whole():
    assembly, heard = assemble(text_chunks("one ", "two"))
    assert heard == ["one ", "two"]
    assert assembly.data() == {"content": "one two", "tool_calls": [], "finish_reason": "stop"}
    assert assembly.usage["completion_tokens"] == 50


def test_several_tools_come_whole_and_only_written_text_is_readable():
    written = {"path": "manuscripts/ch01_A.md", "content": 'a "b"\né'}
    edited = {"path": "p", "search_text": "old", "replace_text": "new"}
    chunks = tool_chunks(
        ("read_file", '{"content": "x"}'), ("write_file", json.dumps(written)), ("edit_file", json.dumps(edited))
    )
    assembly, heard = assemble(chunks)
    assert "".join(heard) == 'a "b"\nénew'
    assert [call["arguments"] for call in assembly.data()["tool_calls"]] == [{"content": "x"}, written, edited]


def test_unknown_tools_are_left_to_who_runs_them():
    assembly, heard = assemble(tool_chunks(("launch", '{"content": "x"}')))
    assert assembly.data()["tool_calls"] == [{"id": "call_0", "name": "launch", "arguments": {"content": "x"}}]
    assert heard == []


def test_tool_calls_without_an_index_are_told_apart_by_their_id():
    first = delta(tool_calls=[{"id": "a", "function": {"name": "t", "arguments": '{"x"'}}])
    more = delta(tool_calls=[{"function": {"arguments": ": 1}"}}])
    second = delta(tool_calls=[{"id": "b", "function": {"name": "u", "arguments": {"y": 2}}}])
    assembly, _ = assemble([first, more, second, delta("tool_calls")])
    assert [(call["name"], call["arguments"]) for call in assembly.data()["tool_calls"]] == [
        ("t", {"x": 1}),
        ("u", {"y": 2}),
    ]


def test_the_old_form_of_a_call_is_read():
    assembly, _ = assemble([delta(function_call={"name": "t", "arguments": "{}"}), delta("function_call")])
    assert assembly.data()["tool_calls"] == [{"id": "call-0", "name": "t", "arguments": {}}]


def test_a_line_end_within_a_string_is_forgiven():
    assembly, _ = assemble(tool_chunks(("write_file", '{"content": "a\nb"}')))
    assert assembly.data()["tool_calls"][0]["arguments"] == {"content": "a\nb"}


@pytest.mark.parametrize("arguments", ['{"content": "a', "[1]", "nothing", '{"a": 1} and more', "[" * 100_000])
def test_broken_arguments_are_garbage(arguments):
    assembly, _ = assemble(tool_chunks(("write_file", arguments), step=1000))
    with pytest.raises(BrainError, match="no JSON object") as caught:
        assembly.data()
    assert caught.value.kind is BrainFault.GARBAGE


def test_arguments_that_ran_out_of_tokens_reach_who_refuses_them():
    assembly, heard = assemble(tool_chunks(("write_file", '{"path": "p", "content": "half a chap'), finish="length"))
    answer = check_answer({"data": assembly.data()})
    assert answer.finish_reason == "length"
    assert answer.tool_calls[0].arguments == {}
    assert "".join(heard) == "half a chap"


def test_halves_of_a_character_sent_apart_are_joined():
    assembly, _ = assemble(
        [
            b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n',
            b'data: {"choices":[{"delta":{"content":"\\ude00"},"finish_reason":"stop"}]}\n\n',
        ]
    )
    assert assembly.data()["content"] == "\U0001f600"


@pytest.mark.parametrize("length", range(1, 8))
def test_a_stream_cut_before_its_end_is_an_error(length):
    assembly, _ = assemble([delta(content="word ") for _ in range(length)])
    with pytest.raises(BrainError, match="cut off"):
        assembly.data()


def test_nothing_at_all_is_an_error():
    with pytest.raises(BrainError, match="no answer"):
        Assembly(print).data()


def test_an_empty_answer_counts_only_after_tools():
    assembly, _ = assemble([delta("stop")])
    with pytest.raises(BrainError, match="empty"):
        assembly.data()
    assert assembly.data(may_be_empty=True)["content"] == ""
    used_up, _ = assemble([delta("length")])
    with pytest.raises(BrainError, match="max_tokens was used up"):
        used_up.data()


@pytest.mark.parametrize("last", [delta("stop", refusal="I will not"), delta("content_filter")])
def test_a_model_that_declines_is_refused(last):
    assembly, _ = assemble([last])
    with pytest.raises(BrainError, match="declines") as caught:
        assembly.data()
    assert caught.value.kind is BrainFault.REFUSED


@pytest.mark.parametrize(
    "data",
    [
        "nothing",
        "[]",
        "3",
        "[" * 100_000,
        '{"choices": 3}',
        chunk(delta={"content": 3}),
        chunk(delta={"tool_calls": [3]}),
        chunk(delta={"tool_calls": [{"index": 0}]}),
        chunk(delta={"tool_calls": [{"index": 0, "function": {"name": 7}}]}),
        chunk(delta={"tool_calls": [{"index": n, "function": {"name": "t"}} for n in range(65)]}),
        chunk(delta={"content": "x" * (1024 * 1024 + 1)}),
        '{"error": {"message": "overloaded"}}',
    ],
)
def test_garbage_is_a_brain_s_fault(data):
    with pytest.raises(BrainError):
        Assembly(lambda _: None).take(data)


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.text(max_size=5) | st.just("stop"),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["choices", "delta", "message", "content", "tool_calls", "function", "name", "arguments", "id", "index",
             "finish_reason", "usage", "prompt_tokens", "refusal", "function_call", "error"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(PARTS, max_size=4))
def test_whatever_comes_is_an_answer_or_a_fault(parts):
    assembly = Assembly(lambda _: None)
    try:
        for part in parts:
            assembly.take(json.dumps({"choices": [part]}))
            assembly.take(json.dumps(part))
        check_answer({"data": assembly.data()})
    except BrainError as fault:
        assert fault.kind in {BrainFault.GARBAGE, BrainFault.SERVER, BrainFault.REFUSED}


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_whatever_bytes_come_are_events_or_a_fault(pieces):
    reader = EventReader()
    try:
        for piece in pieces:
            list(reader.feed(b"data: " + piece + b"\n\n"))
        list(reader.end())
    except BrainError as fault:
        assert fault.kind is BrainFault.GARBAGE
        assert fault.__context__ is None


def test_what_a_server_says_is_one_short_line():
    assert told({"error": {"message": "a\nb\x00" + "c" * 500}}).startswith("a b")
    assert len(told("x" * 5000)) == 300
    assert told({}) == "no reason given"
