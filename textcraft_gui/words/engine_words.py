"""What the engine and the other programs say in English, as the console shows it: one door, `engine_words`.

They know no languages: their sentences go into journals and logs and over the wire as they are. The console knows the
forms of those an operator meets in an evening, `{…}` standing for what changes, and says them in its own language;
what it does not recognise stays as it came. Only for words of programs: never for those of models and visitors.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from textcraft_gui.words.i18n import later, translated
from textcraft_gui.words.translation import spoken

_WALLS: Final = (
    later("NEXT is empty: there is no picture to take yet."),
    later("The gate refused this picture ({checks}): hold to overrule it."),
    later("There is no earlier picture to go back to."),
    later("{stop} is on"),
    later("PANIC is on"),
    later("This picture waits for approval: approve it first."),
    later("PANIC is not on: there is nothing to restore."),
    later("AUTO is not counting down."),
    later("Only an approved candidate or a pinned picture can be the safe look or a card."),
    later("This screen belongs to {wall}: give that one another first."),
    later("In SHOW every wall belongs to the show: leave SHOW first."),
    later("In SHOW every wall belongs to the show: try cards in EDIT or REHEARSE."),
    later("There is no wall {wall}."),
    later("No such wall is there."),
    later("{walls} shows the show. Release it first."),
    later("{walls} shows the show. In SHOW it stays so."),
    later("Choose a picture or a text first."),
    later(
        "The machine of {wall} has one screen only: its system mirrors, or does not see the "
        "projector. Extend the desktop in its display settings."
    ),
    later("The machine of {wall} may fall asleep: switch that off there."),
    later("AUTO could not go on: {fault}"),
    later("{error}. The walls obey, but a crash now would forget it."),
    later("the end card is not on the walls: {reason}"),
    later("The end card is not on the walls: {reason}"),
    later("there is no picture to tell the story once more with"),
    later("the file is not the one that was announced"),
    later("{name} cannot be read here: {why}"),
    later("it is larger than a picture may be"),
    later("this machine does not share the core's disk"),
    later("its address is not under the folder of the show's pictures"),
    later("Qt cannot decode it"),
    later("its file cannot be read here and it did not come by value"),
)
_PICTURES: Final = (
    later("it is too small"),
    later("it is almost black"),
    later("it is almost one colour"),
    later("it does not decode: {error}"),
    later("its address is no file of this machine"),
    later("its address leads nowhere"),
    later("it lies outside the folders that pictures may come from"),
    later("its words are longer than {most} characters"),
    later("its words hold control characters"),
    later("its words hold one that is on the show's list"),
    later("a picture that does not decode is no candidate"),
    later("PAUSE AI is on, and this picture would cost money"),
    later("This picture is not being painted."),
    later("Nobody painted this picture here, so it cannot be painted again."),
    later("A card is either a picture file or a text."),
    later("This cannot become a card: {error}"),
    later("This text cannot go up: {reason}."),
    later("This picture was not rejected lately: stage it from the gallery."),
    later("No approved picture waits."),
    later("The gate refused this picture: it can only be overruled."),
    later("The gate did not refuse this picture: there is nothing to overrule."),
    later("The gate's check “{check}” cannot be overruled."),
    later("The gate refused this picture: it cannot serve in the reserve reel."),
    later("This picture is no longer among the candidates."),
    later("The words of a picture were not kept beside it: {error}"),
    later("The reserve reel could not go on: {fault}"),
    later("The reserve reel is empty: the walls keep what they show. Pin pictures to fill it."),
    later("The reserve reel is empty: the walls keep their picture. Pin pictures to fill it."),
    later("Foreign displays keep their picture: {error}"),
    later("A foreign service says: {text}"),
    later("there is no PNG, JPEG or WebP in {path}"),
    later("none of the pictures tried in {path} can be used"),
    later("the folder of pictures cannot be read: {error}"),
    later("no folder of pictures is set: give folder.path"),
    later("no workflow is set: give comfyui.workflow"),
)
_ENGINE: Final = (
    later("the illustrator was stopped"),
    later("a cycle is running already"),
    later("PAUSE AI is on: switch it off first"),
    later("EDIT asks nothing of the brain by itself: step by hand, or RUN in REHEARSE."),
    later("SHOW is locked: another show is opened in EDIT."),
    later("SHOW is locked: maps are set in EDIT."),
    later("SHOW is locked: screens are given in EDIT."),
    later("SHOW is locked: walls are named in EDIT."),
    later("SHOW is on: edits are drafts here, apply them at the next cycle"),
    later("Only SHOW can be left alone."),
    later("this plan cannot be carried out: {reason}"),
    later("this line is no longer waiting: a plan has it already, or it was withdrawn"),
    later("the matrix could not be saved: {fault}"),
    later("the file is changed, but the matrix could not be saved: {fault}"),
    later("there is no chapter {chapter}"),
    later("{reason}: choose another target, or unlock it first"),
    later("{path} is no manuscript: its name must end in .md"),
    later("there is no draft of {path}"),
    later("A draft was not put into use: {fault}"),
    later("there is nothing to undo in {path}"),
    later("there is nothing to redo in {path}"),
    later("what took the place of this passage has changed: bring back the whole revision"),
    later("without a journal there is no history"),
    later("{path} has no history yet"),
    later("{path} was changed outside meanwhile: that was kept, look at it and ask again"),
    later("{path} is kept by the engine itself: undo the chapter or the persona instead"),
    later("a persona is being tried already: stop that first"),
    later("no plan was assigned"),
    later("nothing changed in {cycles} cycles"),
    later("{cycles} cycles done"),
    later("{minutes} minutes are over"),
    later("${sum} spent"),
    later("{chapter} is locked"),
    later("the story is stuck"),
    later("{file} changed on disk, but no service reported it"),
    later("{file} was reported as written, but it is as before"),
    later("the brain refuses the key: {reason}"),
    later("{server} refuses the key ({status}){said}"),
    later("{server} cannot be reached"),
    later("{server} gave no whole answer within {seconds} s"),
    later("the certificate of {server} is not trusted"),
    later("the answer was cut off before its end"),
    later("the answer was cut off (finish reason {reason})"),
    later("the server answered with a web page: is the base URL right?"),
    later("{brain} answers now"),
    later("{brain} answers again"),
    later("{brain} did not answer ({fault}): {next} is asked"),
    later("{server} does not have the model {model}: {other} answers in its place"),
    later("{server} does not take {what} for {model}: it goes on without"),
    later("there is no key for {server}: put LLM_API_KEY into the show's .env"),
    later("LLM_API_KEY holds a blank, a line end or another character no key has"),
    later("no model is named for {role}: set DEFAULT_MODEL"),
    later("{server} put the key into its answer, which was thrown away"),
    later("outside SHOW nothing is spent: the rehearsal brain plays in place of the one that costs money"),
    later("a call cost ${usd} though at most ${most} was set aside for it"),
    later(
        "the cap of ${cap} for the {which} does not allow this call: ${taken} is taken, and the call could cost ${usd}"
    ),
    later("{calls} paid calls were cut off when the program last ended; ${total} is presumed spent"),
    later("The replay goes to another place: wait a moment."),
    later("somebody is in the room: RUN is on"),
    later("nobody is in the room: RUN is off until somebody comes"),
)
_VISITORS: Final = (
    later("this story is not there any more"),
    later("this story was decided on already"),
    later("there are no words to accept: write some, or ignore the story"),
    later("visitors' words could not be forgotten: {fault}"),
    later("the date has leapt: visitors' words are not forgotten by it until it has been right for a day"),
    later("the words could not be taken out of the journal: {fault}"),
    later("it holds a word of the list"),
    later("it is too short"),
    later("it was said twice"),
    later("too many came at once"),
    later("too many are waiting"),
)
_PROGRAMS: Final = (
    later("{service} said nothing for {seconds} s though it runs: it is started again"),
    later("{service} is open for another show on this machine: close that show, then start this one again"),
    later("{service} ended {times} times in five minutes and is not started again: its log says why"),
    later("a crash had taken another program's change out of {file}: it is back; ours is in the file's history"),
    later("a crash had taken another program's change out of {file}, which has changed since: it is in its history"),
    later("{file} was left by a crash and holds another program's text: look at it"),
    later("{file} was left by a crash and could not be taken up: {fault}"),
    later("what a crash left could not be swept: {fault}"),
    later("{count} messages were refused: {reason}"),
    later("{name} failed: {error}"),
    later("{command} is not there yet."),
    later("{file} was changed by another program meanwhile: that change was replaced"),
    later("{file} is gone: its last good copy {copy} is used"),
    later("{file} cannot be read ({why}): what it said last still holds"),
    later("{file} could not be written: {fault}"),
    later("A setting has no effect: {problem}"),
    later("{key} is not known: {name} belongs above the first [section] of the file"),
    later("{key} is not known; did you mean {near}?"),
    later("{key} is not known"),
)
_DAY: Final = (
    later("The day has begun already."),
    later("The day is over already."),
    later("The day has not begun: open it first."),
    later("The house is open: a pre-flight would black its walls."),
    later("Switch to SHOW, or to REHEARSE, to open a day."),
    later("No day has begun yet: there is nothing to report."),
    later("The pre-flight found what is not ready. It opens all the same, as the settings say."),
    later("The pre-flight found what is not ready. Mend it, or waive what failed."),
    later("The pre-flight is running."),
    later("There is nothing to waive at {check}."),
    later("The report could not be written: {error}"),
    later("The day could not go on: {fault}"),
    later("{command} was not possible: {reason}"),
    later("{error}. The day goes on, but a crash now would forget it."),
    later("no answer within {seconds} s"),
    later("look at the log, then look again"),
    later("the check itself failed: {fault}"),
    later("see the log"),
    later("no battery: on mains"),
    later("on mains, charged to {percent} %"),
    later("on battery, {percent} %"),
    later("plug the machine in"),
    later("{free} GiB free"),
    later("free some space on the disk of the show"),
    later("an evening of pictures may take a few GiB"),
    later("the clock says {present}"),
    later("set the clock: the journal holds later events"),
    later("{present} in {zone}, as the hours are"),
    later("{present}; there is no time zone {zone}"),
    later("{missing} not there"),
    later("wait for it, or start it; the LOG says why it ended"),
    later("nobody is there"),
    later("start the services"),
    later("nothing is paid"),
    later("no paid cycle yet, so its price is not known"),
    later("run one cycle to learn it"),
    later("about ${price} a cycle, {room}; the day ends by hand"),
    later("about ${need} until closing ({cycles} cycles), {room}"),
    later("raise the cap, or let cycles begin less often"),
    later("no cap is set"),
    later("${room} left under the caps"),
    later("the brain needs no key"),
    later("the brain's key is there"),
    later("no key for the brain"),
    later("put LLM_API_KEY into .env"),
    later("no wall is there"),
    later("switch the projectors on and look at WALLS + LOOK"),
    later("{walls} did not obey"),
    later("restart it, or look at its cable"),
    later("black and safe look confirmed by {walls}"),
    later("no picture within {seconds} s"),
    later("look at the image server in the LOG"),
    later("a picture came from {worker} in {seconds} s"),
    later("the gate refused it: {reason}"),
    later("look at the image backend"),
    later("it was not painted: {reason}"),
    later("look at the image server"),
    later("{count} screens for {walls} walls and the console: {names}"),
    later("plug in what is missing"),
    later("not asked yet"),
    later("open a wall first"),
    later("kept awake"),
    later("this system does not let programs keep it awake"),
    later("switch sleep and screen saver off in the system's settings"),
    later("no program can see them"),
    later("switch “do not disturb” on"),
    later("Unattended: what passes the gate goes up without approval."),
    later("Unattended: visitors' words are screened or ignored."),
    later("Unattended: the story was stuck, its chapter is locked, the next one begins."),
    later("Unattended: the story is stuck again, the reserve reel plays."),
    later("Unattended: no brain answers, the reserve reel plays."),
    later("Unattended: a screen that is not surely a wall's stays black."),
    later("one screen only: {name}"),
    later("the system may mirror its screens: choose “extend”, not “duplicate”, in its display settings"),
)
FORMS: Final = (*_WALLS, *_PICTURES, *_ENGINE, *_VISITORS, *_PROGRAMS, *_DAY)
"""Every form; a test finds each in the source of those programs, and their refusals here."""
_GAP: Final = re.compile(r"{(\w+)}")
_LONGEST: Final = 600
"""Characters; what is longer holds something else than a sentence of ours, and would be long to compare."""
_DEEPEST: Final = 3
"""A reason within a reason within a sentence."""


def engine_words(text: str) -> str:
    """Return a sentence of a program in the operator's language; one that is not known stays as it is."""
    return _said(text) if spoken() and len(text) <= _LONGEST else text


def _said(text: str, depth: int = 0) -> str:
    if text in FORMS:
        return translated(text)
    for form, pattern in _patterns() if depth < _DEEPEST else ():
        if found := pattern.fullmatch(text):
            within = {name: _said(value, depth + 1) for name, value in found.groupdict().items()}
            return translated(form, **within)
    return text


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The forms with gaps, those that say most first: `{name} failed: {error}` must not swallow a longer one."""
    with_gaps = sorted((form for form in FORMS if "{" in form), key=lambda form: -len(_GAP.sub("", form)))
    return tuple((form, re.compile("".join(_pieces(form)), re.DOTALL)) for form in with_gaps)


def _pieces(form: str) -> Iterator[str]:
    end = 0
    for gap in _GAP.finditer(form):
        yield re.escape(form[end : gap.start()])
        yield f"(?P<{gap[1]}>.*?)"
        end = gap.end()
    yield re.escape(form[end:])
