from textcraft_bus.channel.facts import FramesDropped
from textcraft_bus.transport.drops import Drops


def test_they_are_told_together_and_at_most_once_a_second():
    drops = Drops()
    assert drops.take(0.0) is None
    for reason in ("not JSON", "not JSON", "unknown type"):
        drops.add(reason)
    assert drops.take(0.0) == FramesDropped(3, "not JSON (2), unknown type (1)")
    drops.add("not JSON")
    assert drops.take(0.9) is None
    drops.add("not JSON")
    assert drops.take(1.0) == FramesDropped(2, "not JSON (2)")
    assert drops.take(9.0) is None
    assert drops.total == 5


def test_a_flood_of_reasons_is_told_in_short():
    drops = Drops()
    for number in range(50):
        drops.add(f"reason {number}")
    told = drops.take(0.0)
    assert told.count == 50
    assert told.reason.count("reason") == 3
