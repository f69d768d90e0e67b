"""A service by the guide's names: handlers, topics, workers; what fails in them never ends it."""

import asyncio
import logging

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from textcraft_bus import schemas_base as base
from textcraft_bus.channel.messages import BadFrame
from textcraft_bus.foreign.text_pace import TEXTS_PER_S
from textcraft_bus.transport.sockets import BindRefused, PortInUse
from textcraft_bus.zmq.config import (
    ControllerPullConfig,
    ControllerPushConfig,
    ControllerServiceConfig,
    MessageType,
    PublisherConfig,
    SubscriberConfig,
    WorkerConfig,
)
from textcraft_bus.zmq.handlers import MAX_WAITING
from textcraft_bus.zmq.services import ControllerService


def controller(**config):
    return ControllerService(ControllerServiceConfig(**{"publisher": None, **config}), schemas=base.BASE_SCHEMAS)


async def test_a_handler_that_raises_is_logged_with_its_message_type_and_the_next_message_comes(caplog):
    heard = []

    async def handler(topic, data):
        heard.append((topic, data))
        if data["content"] == "bad":
            raise RuntimeError("a slip")

    service = controller(updates=SubscriberConfig(port=0, bind=True, topics=["StoryHeard"]))
    service.add_message_handler(MessageType.STORY_HEARD, handler)
    await service.start()
    with RawPeer(zmq.PUB).connect(service.ports["updates"]) as agent:
        await until(lambda: agent.send(b'StoryHeard {"content":"one"}') or heard)
        agent.send(b'StoryHeard {"content":"bad"}')
        agent.send(b'StoryHeard2 {"content":"another type"}')
        agent.send(b'StoryHeard {"content":"two","era":"now"}')
        await until(lambda: heard[-1][1]["content"] == "two")
    assert {topic for topic, _ in heard} == {"StoryHeard"}
    assert heard[-1][1]["era"] == "now"
    assert heard[-1][1]["speaker_id"] is None, "every known field is there"
    assert service.failures == 1
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "StoryHeard" in record.message
    assert "a slip" in str(record.exc_info[1])
    caplog.clear()
    await service.stop()


async def test_handlers_of_one_type_keep_order_and_none_waits_for_another_s(caplog):
    slow_done, order, quick = asyncio.Event(), [], []

    async def slow(_topic, data):
        await slow_done.wait()
        order.append(data["content"])

    async def other(topic, _data):
        quick.append(topic)

    service = controller(updates=SubscriberConfig(port=0, bind=True))
    service.add_message_handler("StoryHeard", slow)
    service.add_message_handler("AudiencePresent", other)
    await service.start()
    with RawPeer(zmq.PUB).connect(service.ports["updates"]) as agent:
        await until(lambda: agent.send(b"AudiencePresent {}") or quick)
        for number in range(5):
            agent.send(b'StoryHeard {"content":"%d"}' % number)
        before = len(quick)
        await until(lambda: agent.send(b"AudiencePresent {}") or len(quick) > before)
        slow_done.set()
        await until(lambda: order == [str(number) for number in range(5)])
    await service.stop()
    assert MAX_WAITING >= 64
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_message_may_be_a_class_or_a_table_and_is_written_whole():
    service = controller(publisher=PublisherConfig(port=0, default_topic=MessageType.DISPLAY_MEDIA))
    await service.start()
    with RawPeer(zmq.SUB).connect(service.ports["events"]) as display:
        display.socket.subscribe("")
        media = {"content_type": "image", "uri": "file:///x y.png", "era": "now"}
        alert = base.Alert(message="words")

        await until(lambda: service.say(media) or service.say(alert) or display.read())
        await service.publish(media)
        await service.publish(alert)
        await until(lambda: len({frames[0].partition(b" ")[0] for frames in display.read()}) == 2)
        assert {len(frames) for frames in display.frames} == {1}
        topics = {frames[0].partition(b" ")[0] for frames in display.frames}
    assert topics == {b"DisplayMedia", b"Alert"}
    with pytest.raises(BadFrame):
        await service.publish(base.Alert.model_construct(type="Alert", message="\ud800"))
    await service.stop()


async def test_texts_leave_at_most_so_many_a_second_and_in_order():
    service = controller(publisher=PublisherConfig(port=0))
    await service.start()
    with RawPeer(zmq.SUB).connect(service.ports["events"]) as display:
        display.socket.subscribe("DisplayText ")
        firsts = 0
        while not display.read():
            firsts += 1
            await service.publish(base.DisplayText(text_id=f"first{firsts}", content="c", speaker="agent"))
            await asyncio.sleep(0.05)
        await until(lambda: b'"text_id":"first%d"' % firsts in display.read()[-1][0])
        begun, before = asyncio.get_running_loop().time(), len(display.read())
        for number in range(15):
            await service.publish(base.DisplayText(text_id=f"t{number}", content="c", speaker="agent"))
        await until(lambda: len(display.read()) >= before + 15)
        took = asyncio.get_running_loop().time() - begun
        last = [frames[0] for frames in display.frames][-15:]
    assert took >= 14 / TEXTS_PER_S - 0.05
    assert [b'"text_id":"t%d"' % number in frame for number, frame in enumerate(last)] == [True] * 15
    await service.stop()


async def test_a_port_in_use_names_its_holder_and_leaves_nothing_open():
    first = controller(publisher=PublisherConfig(port=0))
    await first.start()
    worker = WorkerConfig(push_config=ControllerPushConfig(port=0), pull_config=ControllerPullConfig(port=0))
    second = controller(publisher=PublisherConfig(port=first.ports["events"]), workers={"image_server": worker})
    with pytest.raises(PortInUse, match=r"in use by .*python.* \(process \d+\)"):
        await second.start()
    await first.stop()


async def test_other_machines_reach_it_only_when_somebody_said_so():
    service = controller(publisher=PublisherConfig(address="tcp://0.0.0.0", port=0))
    with pytest.raises(BindRefused):
        await service.start()
    service = controller(publisher=PublisherConfig(address="tcp://0.0.0.0", port=0), insecure_lan=True)
    await service.start()
    assert service.ports["events"] > 0
    await service.stop()


async def test_work_nobody_keeps_account_of_goes_out_as_it_is():
    worker = WorkerConfig(
        name="weaver", push_config=ControllerPushConfig(port=0), pull_config=ControllerPullConfig(port=0)
    )
    service, heard = controller(workers={"weaver": worker}), []

    async def response(name, data):
        heard.append((name, data))

    service.add_response_handler(response)
    await service.start()
    with (
        RawPeer(zmq.PULL).connect(service.ports["weaver_requests"]) as work,
        RawPeer(zmq.PUSH).connect(service.ports["weaver_results"]) as results,
    ):
        await until(lambda: service.worker_port("weaver").workers)
        await service.send_work_to_worker("weaver", {"type": "Weave", "threads": 3})
        await until(work.read)
        assert work.messages() == [{"type": "Weave", "threads": 3}]
        results.send(b'{"type":"Woven","metres":2}')
        await until(lambda: heard)
    assert heard == [("weaver", {"type": "Woven", "metres": 2})]
    await service.stop()
