"""Visitors' words on their way into the queue: screened, answered by policy or by a person, forgotten when asked.

Knows no prompt: whoever plans marks these words as what they are.
"""

import asyncio
import functools
from collections.abc import Callable
from datetime import UTC
from typing import Final, Protocol
from uuid import uuid4

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import MessageBase, StoryHeard, TranscriptUpdate
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.audience.inbox import STUB, Inbox, Story
from textcraft_core.audience.keeping import LINES, fields_of, forget_stories, line_of, old_stories, since
from textcraft_core.audience.screen import Judgement, Screen
from textcraft_core.audience.settings import AudienceConfig, Policy, SensorsConfig
from textcraft_core.audience.transcript import Turns
from textcraft_core.errors import CommandRefused, JournalError
from textcraft_core.record.forgetting import Words, forget_words
from textcraft_core.record.journal import Journal
from textcraft_core.record.show_time import DAY
from textcraft_core.record.stream import EventStream
from textcraft_core.record.sweeping import Swept, amend_others, sweep

VISITOR: Final = "visitor"
PURGE_SECONDS: Final = 3600.0
ECHO_ROUNDS: Final = 3
"""A call that runs while its words are forgotten is recorded when it ends: after so many cycles nothing can follow."""
_READ: Final = ("AudienceHeard", "StoryDecided")


class QueuePort(Protocol):
    """The operator's queue, as far as visitors reach it."""

    async def queue_line(self, text: str, source: str, input_id: str = "") -> str:
        """Put a line into the queue."""
        ...

    async def withdraw_line(self, input_id: str) -> None:
        """Take a line out if it still waits."""
        ...


@dataclass
class _Echo:
    words: Words
    rounds: int = ECHO_ROUNDS


class AudienceDesk:
    """One show's visitors. `open` it before it hears anything; times and modes are asked for when they are needed."""

    def __init__(
        self,
        config: AudienceConfig,
        sensors: SensorsConfig,
        queue: QueuePort,
        stream: EventStream,
        journal: Journal,
        clock: Clock,
        mode: Callable[[], Mode],
    ) -> None:
        self._config = config
        self._bound = {each.type: each for each in sensors.bind}
        self._sensors = sensors
        self._queue = queue
        self._stream = stream
        self._journal = journal
        self._clock = clock
        self._mode = mode
        self._screen = Screen(config)
        self._turns = Turns()
        self._inbox = Inbox()
        self._attended = True
        self._held_told = False
        self._echoes: dict[str, _Echo] = {}
        self._tasks = Tasks()
        self._unsubscribe = stream.subscribe(self._on_event)

    # Life

    async def open(self) -> None:
        """Take up the stories that waited, forget those that were kept long enough. Raises JournalError."""
        for record in await asyncio.to_thread(self._journal.select, _READ):
            self._inbox.apply(record.event, record.at)
        await self._close_half_decided()
        await self.purge()
        self._tasks.start(self._purge_forever(), name="forget visitors' words in time")
        self._stream.emit(self.rules())

    async def close(self) -> None:
        """Hear nothing more."""
        self._unsubscribe()
        await self._tasks.stop()

    # What others ask

    @property
    def waiting(self) -> tuple[Story, ...]:
        """The stories that wait for an answer, oldest first."""
        return self._inbox.waiting

    def leave_alone(self, alone: bool) -> None:
        """Say that nobody is at the console, or somebody is again."""
        if self._attended is alone:
            self._attended = not alone
            self._stream.emit(self.rules())
            if alone and self.waiting:
                self._tasks.start(self._answer_waiting(), name="answer visitors by policy")

    def rules(self) -> ev.AudienceRules:
        """Return what holds now."""
        policy: str = self._config.policy(self._mode())
        if not self._attended:
            policy = self._config.unattended if policy != "ignore" else "ignored"
        sensors = [("PresenceStatus", self._sensors.presence), ("AudiencePresent", self._sensors.audience_present)]
        bound = [f"{kind}: {binding}" for kind, binding in sensors if binding != "off"]
        bound += [f"{each.type}: {each.policy}" for each in self._sensors.bind]
        return ev.AudienceRules(policy=policy, attended=self._attended, sensors=tuple(bound))

    def opening_events(self) -> list[ev.Event]:
        """Return what brings an empty inbox to the present."""
        told = [
            ev.AudienceHeard(story_id=story.id, text=story.text, speaker=story.speaker, reason=story.reason)
            for story in self.waiting
        ]
        return [self.rules(), *told]

    # What visitors say

    async def on_heard(self, message: MessageBase) -> None:
        """Take in a message of the ecosystem, if it is one that carries visitors' words."""
        match message:
            case StoryHeard(content=content, speaker_id=speaker, confidence=confidence):
                if confidence is not None and confidence < self._config.least_confidence:
                    self._pass_over(message.type, "it was not heard surely enough")
                else:
                    await self._take(content, speaker or "", message.type, self._policy())
            case TranscriptUpdate() if self._config.transcripts:
                await self._take_turn(message)
            case _ if message.type in self._bound:
                await self._take_bound(message)

    async def _take_turn(self, update: TranscriptUpdate) -> None:
        if update.speaker_id.casefold() in {each.casefold() for each in self._config.not_from}:
            return
        text = self._turns.take(update)
        if text is not None:
            speaker = update.speaker_display_name or update.speaker_id
            await self._take(text, speaker, update.type, self._policy())

    async def _take_bound(self, message: MessageBase) -> None:
        bound = self._bound[message.type]
        value = getattr(message, bound.field, None)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            await self._take(str(value), "", message.type, bound.policy)

    def _policy(self) -> Policy:
        return self._config.policy(self._mode())

    async def _take(self, text: str, speaker: str, kind: str, policy: Policy) -> None:
        judged = self._screen.judge(
            text, policy, now=self._clock.monotonic(), waiting=len(self.waiting), attended=self._attended
        )
        if judged.policy == "ignore":
            self._pass_over(kind, judged.reason)
            return
        story = await self._hear(judged, speaker, kind)
        if judged.policy == "auto":
            await self._accept(story, story.text, "policy")

    async def _hear(self, judged: Judgement, speaker: str, kind: str) -> Story:
        heard = ev.AudienceHeard(
            story_id=uuid4().hex, text=judged.text, speaker=speaker[:80], kind=kind, reason=judged.reason
        )
        await self._stream.commit(heard)
        return Story(heard.story_id, heard.text, heard.speaker, heard.reason)

    def _pass_over(self, kind: str, reason: str) -> None:
        self._stream.emit(ev.StoryPassedOver(kind=kind[:200], reason=reason))

    # What becomes of it

    async def handle(self, command: cmd.DecideStory) -> None:
        """Accept a story, perhaps with other words, ignore it, or forget it. Raises CommandRefused."""
        story = self._inbox.find(command.story_id)
        if story is None:
            raise CommandRefused("this story is not there any more")
        if command.verdict == "forget":
            await self._forget(story, "operator")
        elif story.verdict:
            raise CommandRefused("this story was decided on already")
        elif command.verdict == "ignore":
            await self._stream.commit(ev.StoryDecided(story_id=story.id, verdict="ignore"))
        else:
            text = " ".join((story.text if command.text is None else command.text).split())[:4000]
            if not text:
                raise CommandRefused("there are no words to accept: write some, or ignore the story")
            await self._accept(story, text, "operator")

    async def _accept(self, story: Story, text: str, by: str) -> None:
        # The queue first: between the two a crash leaves a line that is queued once, and a story that closes itself.
        await self._queue.queue_line(text, VISITOR, line_of(story.id))
        await self._stream.commit(ev.StoryDecided(story_id=story.id, verdict="accept", by=by))

    async def _answer_waiting(self) -> None:
        """Nobody is there any more: what waits takes the written answer, and that is told once."""
        screened = self.rules().policy == "screened"
        for story in self.waiting:
            if screened and not story.reason and not self._screen.has_listed_word(story.text):
                await self._accept(story, story.text, "policy")
            else:
                await self._stream.commit(ev.StoryDecided(story_id=story.id, verdict="ignore", by="policy"))
        self._stream.emit(ev.AnsweredByPolicy(question="visitors", answer=self.rules().policy))

    async def _close_half_decided(self) -> None:
        queued = {line.input_id for line in await self._lines() if isinstance(line, ev.InputQueued)}
        for story in self._inbox.waiting:
            if line_of(story.id) in queued:
                await self._stream.commit(ev.StoryDecided(story_id=story.id, verdict="accept", by="policy"))

    # Forgetting

    async def purge(self) -> None:
        """Forget what was kept for as long as it may be: by the journal's own time, for a date may be set anywhere."""
        now = self._clock.now().timestamp()
        old = await asyncio.to_thread(old_stories, self._journal, now, self._config.keep_days * DAY)
        for story in self._inbox.known:
            if story.id in old.ids:
                await self._forget(story, "policy")
        self._tell_held(now)
        journal = self._journal.path
        forget_old = functools.partial(forget_stories, oldest=old.date)
        self._tell_swept(await asyncio.to_thread(amend_others, journal.parent, journal, forget_old))

    def _tell_held(self, now: float) -> None:
        """Say once that the date alone would have words forgotten, and that it is not believed yet."""
        oldest = now - self._config.keep_days * DAY
        if self._held_told or not any(story.at and story.at.timestamp() < oldest for story in self._inbox.known):
            return
        self._held_told = True
        text = "the date has leapt: visitors' words are not forgotten by it until it has been right for a day"
        self._stream.emit(ev.Warned(text=text, source="audience"))

    async def _purge_forever(self) -> None:
        while True:
            await asyncio.sleep(PURGE_SECONDS)
            try:
                await self.purge()
            except (CommandRefused, JournalError) as fault:
                self._stream.emit(ev.Warned(text=f"visitors' words could not be forgotten: {fault}", source="audience"))

    async def _forget(self, story: Story, by: str) -> None:
        await self._queue.withdraw_line(line_of(story.id))
        words = await self._words(story)
        try:
            kept = await asyncio.to_thread(forget_words, self._journal, words, STUB)
        except JournalError as fault:
            raise CommandRefused(f"the words could not be taken out of the journal: {fault}") from fault
        self._echoes[story.id] = _Echo(words)
        await self._stream.commit(ev.StoryDecided(story_id=story.id, verdict="forget", by=by))
        if kept:
            self._stream.emit(ev.WordsKept(paths=kept))
        journal = self._journal.path
        self._tell_swept(await asyncio.to_thread(sweep, journal.parent, journal, words, STUB))

    def _tell_swept(self, swept: Swept) -> None:
        if swept.changed or swept.left:
            self._stream.emit(ev.WordsSwept(changed=swept.changed, left=swept.left))

    async def _words(self, story: Story) -> Words:
        line = line_of(story.id)
        texts = {each.text for each in await self._lines() if each.input_id == line}
        return Words(
            texts={text for text in {story.text, *texts} if text and text != STUB},
            since=await asyncio.to_thread(since, self._journal, story.id),
            fields=fields_of(story.id),
        )

    async def _lines(self) -> list[ev.InputQueued | ev.InputEdited]:
        records = await asyncio.to_thread(self._journal.select, LINES)
        return [each.event for each in records if isinstance(each.event, ev.InputQueued | ev.InputEdited)]

    def _on_event(self, event: ev.Event) -> None:
        self._inbox.apply(event, self._clock.now().astimezone(UTC))
        if isinstance(event, ev.ModeChanged):
            self._stream.emit(self.rules())
        if isinstance(event, ev.AttendanceChanged):
            self.leave_alone(not event.attended)
        if isinstance(event, ev.CycleFinished | ev.CycleFailed | ev.CycleStopped) and self._echoes:
            self._tasks.start(self._silence_echoes(), name="forget visitors' words once more")

    async def _silence_echoes(self) -> None:
        """Forget once more what a call that ran meanwhile has recorded since."""
        for key, echo in list(self._echoes.items()):
            echo.rounds -= 1
            if echo.rounds <= 0:
                del self._echoes[key]
            await asyncio.to_thread(forget_words, self._journal, echo.words, STUB)
