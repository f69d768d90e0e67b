from textcraft_bus.channel.messages import Mode
from textcraft_core.audience.settings import AudienceConfig, BoundType, SensorsConfig
from textcraft_core.config import TextCraftCoreConfig


def test_a_file_a_flag_and_words_between_commas_say_the_same():
    bound = {"type": "WeatherChanged", "field": "summary", "policy": "auto"}
    assert SensorsConfig(bind=bound).bind == SensorsConfig(bind=[bound]).bind == [BoundType(**bound)]
    assert AudienceConfig(words="one, two ,").words == ["one", "two"]


def test_each_mode_has_its_policy_and_sensors_are_off_until_bound():
    config = TextCraftCoreConfig()
    assert [config.audience.policy(mode) for mode in (Mode.EDIT, Mode.REHEARSE, Mode.SHOW)] == ["ignore", "ask", "ask"]
    assert (config.sensors.presence, config.sensors.audience_present, config.sensors.bind) == ("off", "off", [])


def test_the_tables_of_core_toml_reach_the_stage(tmp_path):
    (tmp_path / "core.toml").write_text(
        '[audience]\nshow = "auto"\nkeep_days = 3\n[sensors]\npresence = "context"\n'
        '[[sensors.bind]]\ntype = "WeatherChanged"\nfield = "summary"\n'
    )
    options = TextCraftCoreConfig.from_overrides(config_file=tmp_path / "core.toml").stage_options(Mode.SHOW)
    assert (options.audience.show, options.audience.keep_days, options.sensors.presence) == ("auto", 3, "context")
    assert options.sensors.bind == [BoundType(type="WeatherChanged", field="summary", policy="ask")]
