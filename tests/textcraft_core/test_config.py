"""Every key the page of formats names for core.toml is read, and means what the page says."""

import logging

import pytest

from textcraft_bus.channel.messages import Mode
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.options import AfterComplete


def read(tmp_path, text):
    path = tmp_path / "core.toml"
    path.write_text(text, encoding="utf-8")
    return TextCraftCoreConfig.from_overrides(config_file=path)


TABLE = [
    ('service_name = "x"', lambda c: c.service_name, "x"),
    ("[textcraft]\ncadence_s = 7", lambda c: c.stage_options(Mode.SHOW).engine.cycle_seconds, 7),
    ("[textcraft]\ncycle_seconds = 8", lambda c: c.stage_options(Mode.SHOW).engine.cycle_seconds, 8),
    ("[pace]\ncycle_seconds = 9", lambda c: c.stage_options(Mode.SHOW).engine.cycle_seconds, 9),
    ("[textcraft]\ncadence_s = 7\ncycle_seconds = 8", lambda c: c.cadence, 7),
    ("", lambda c: c.stage_options(Mode.SHOW).engine.cycle_seconds, 60),
    ("", lambda c: c.stage_options(Mode.REHEARSE).engine.cycle_seconds, 5),
    ("[textcraft]\nstuck_after = 4", lambda c: c.stage_options(Mode.SHOW).engine.stuck_after, 4),
    ('[textcraft]\napproval = "hand"', lambda c: c.stage_options(Mode.SHOW).approve_by_hand, True),
    ('[textcraft]\nfallback = ["rehearsal", "reserve"]', lambda c: c.textcraft.fallback, ["rehearsal", "reserve"]),
    *(
        (f'[textcraft]\non_complete = "{said}"', lambda c: c.stage_options(Mode.SHOW).engine.after_complete, meant)
        for said, meant in (
            ("continue", AfterComplete.CONTINUE),
            ("end card", AfterComplete.END_CARD),
            ("end_card", AfterComplete.END_CARD),
            ("retell", AfterComplete.RETELL),
            ("begin anew", AfterComplete.BEGIN_ANEW),
        )
    ),
    ('[llm]\nprovider = "openai"', lambda c: c.llm.provider, "openai"),
    ('[llm]\nmodel = "m"', lambda c: c.llm.model, "m"),
    ("[llm]\nmax_tokens = 5", lambda c: c.llm.max_tokens, 5),
    ("[llm]\ntemperature = 0.5", lambda c: c.stage_options(Mode.SHOW).engine.temperature, 0.5),
    ("[llm]\ntimeout = 3", lambda c: c.llm.timeout, 3),
    ('[llm]\nbase_url = "http://h/v1"', lambda c: c.llm.base_url, "http://h/v1"),
    ("[llm]\ncap_day = 2", lambda c: c.stage_options(Mode.SHOW).caps.day, 2),
    ("[llm]\ncap_show = 3", lambda c: c.stage_options(Mode.SHOW).caps.show, 3),
    ("[zmq.publisher]\nport = 6000", lambda c: c.zmq.publisher.port, 6000),
    ('[zmq.publisher]\naddress = "tcp://127.0.0.1"', lambda c: c.zmq.publisher.address, "tcp://127.0.0.1"),
    ('[zmq.publisher]\ndefault_topic = "T"', lambda c: c.zmq.publisher.default_topic, "T"),
    ('[zmq.subscriber]\ntopics = ["A"]', lambda c: c.zmq.subscriber.topics, ["A"]),
    ('[sensors]\npresence = "pause"', lambda c: c.sensors.presence, "pause"),
]


@pytest.mark.parametrize(
    ("text", "found", "meant"), TABLE, ids=[text.replace("\n", " ") or "-" for text, _, _ in TABLE]
)
def test_a_key_of_the_page_is_known_and_means_that(tmp_path, caplog, text, found, meant):
    with caplog.at_level(logging.WARNING):
        assert found(read(tmp_path, text)) == meant
    assert [record.getMessage() for record in caplog.records if "not known" in record.getMessage()] == []


def test_what_the_console_reads_in_the_same_file_is_no_mistake(tmp_path, caplog):
    from textcraft_gui.config import ConsoleConfig

    own = set(ConsoleConfig.model_fields) - set(TextCraftCoreConfig.model_fields)
    assert own == TextCraftCoreConfig.read_by_others
    with caplog.at_level(logging.WARNING):
        read(tmp_path, 'walls = ["brick"]\nwals = ["brick"]\n[osc]\non = true')
    assert [record.getMessage() for record in caplog.records] == ["core.toml: wals is not known"]
