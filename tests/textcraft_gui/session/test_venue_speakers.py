"""Which services of a venue are to speak, and which of those do not; what was said while no stage was there."""

from types import SimpleNamespace

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_bus.channel import facts
from textcraft_bus.channel.messages import Mode, PeerName, RequestId, Role, ServiceHello
from textcraft_bus.tasks import Tasks
from textcraft_gui.session.venue import Venue

WALL, PAINTER, BLACK = PeerName("wall.brick"), PeerName("image_server.painter"), PeerName("backdrop.main")


def test_the_black_behind_the_walls_is_not_expected_to_speak(tmp_path):
    venue = Venue(make_show(tmp_path, {}), FakeClock(), Tasks())
    assert venue.speakers == ()
    said = []
    keeper = SimpleNamespace(peers=(WALL, PAINTER, BLACK), seen=lambda peer, _hello: said.append(peer))
    venue._keeper = keeper
    assert venue.speakers == (WALL, PAINTER)
    assert venue.missing == (WALL, PAINTER)
    venue._on_fact(facts.PeerSeen(WALL, ServiceHello(role=Role.WALL, name="brick")))
    assert said == [WALL]
    assert venue.missing == (PAINTER,)
    venue._on_fact(facts.PeerLost(WALL, 3.0))
    assert venue.missing == (WALL, PAINTER)


def test_what_one_stage_did_not_come_to_is_told_to_the_next_in_its_order(tmp_path):
    venue = Venue(make_show(tmp_path, {}), FakeClock(), Tasks())
    early, late = (facts.RenderGaveUp(RequestId(name), "no painter", 2) for name in ("early", "late"))
    venue._on_fact(late)  # after the stage was detached
    venue.take_back([facts.PeerLost(WALL, 1.0), early])
    heard = []
    venue.attach(SimpleNamespace(subscribe=lambda _listener: lambda: None, on_fact=heard.append), Mode.EDIT)
    assert heard == [early, late]
