"""Turns templates with alternates and slots into clean sentences; knows no story and no role.

`[one|other]` is a choice, `{name}` a slot, `?word?` before a template says that it presumes that word. A slot's value
is text, put in as it is, or a tuple of templates, of which one is drawn and expanded in turn. `{name,}` asks for the
form before a speech tag: a closing full stop becomes a comma.
"""

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from textcraft_core.ai_services.client import BrainError
from textcraft_core.errors import BrainFault

Value = str | tuple[str, ...]
Scope = Mapping[str, Value]

MAX_DEPTH: Final = 8
_ALTERNATES: Final = re.compile(r"\[([^\[\]]*)\]")
_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_.-]*)(,?)\}")
_ARTICLE: Final = re.compile(r"\b([Aa]) (?=[aeiou])(?!one\b|one-|once|uni(?![mn])|use|usu|eu|ewe)")
_SENTENCE_START: Final = re.compile(r"(?:^|(?<=\n)|(?<=[.…] )|(?<=\.[”’] )|(?<=[!?] ))(“?)([a-zà-ÿ])")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[”’]?\s+|\n+")
_WORD: Final = re.compile(r"[\w’']+")


def expand(template: str, scope: Scope, rng: Random) -> str:
    """Return one reading of a template, tidied. Raises BrainError when a slot has no value or goes round in circles."""
    return tidy(_fill(template, scope, rng, 0))


def _fill(template: str, scope: Scope, rng: Random, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise BrainError(BrainFault.MISSING, f"the script goes round in circles at {template[:60]!r}")
    chosen = _ALTERNATES.sub(lambda match: rng.choice(match[1].split("|")), template)
    return _SLOT.sub(lambda match: _slot(match, scope, rng, depth), chosen)


def _slot(match: re.Match[str], scope: Scope, rng: Random, depth: int) -> str:
    value = scope.get(match[1], ())
    if not value:
        raise BrainError(BrainFault.MISSING, f"the script has nothing for {{{match[1]}}}")
    text = value if isinstance(value, str) else _fill(rng.choice(value), scope, rng, depth + 1)
    return before_tag(text) if match[2] else text


def before_tag(text: str) -> str:
    """Return a spoken sentence as it stands before “he said”: “Go on.” becomes “Go on,”."""
    return f"{text[:-1]}," if text.endswith(".") else text


def guarded(template: str) -> tuple[str, str]:
    """Return the word a template presumes, "" when it presumes nothing, and the template without it."""
    if not template.startswith("?"):
        return "", template
    needed, _, rest = template[1:].partition("?")
    return needed, rest


def tidy(text: str) -> str:
    """Mend what slots leave behind: a/an, capital letters at the start of sentences, spaces."""
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" +([,.;:!?])", r"\1", text)
    text = re.sub(r" *\n *", "\n", text).strip()
    text = _ARTICLE.sub(r"\1n ", text)
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def literal(text: str) -> str:
    """Return a text from outside in one line and without the signs templates and prompts are written with."""
    return " ".join(re.sub(r"[{}\[\]|]", "", text).split())


def slots(template: str) -> tuple[str, ...]:
    """Return the names of the slots of a template."""
    return tuple(match[1] for match in _SLOT.finditer(template))


def readings(template: str) -> Iterator[str]:
    """Yield forms of a template without alternates, so that each alternate occurs in at least one of them."""
    groups = [match[1].count("|") + 1 for match in _ALTERNATES.finditer(template)]
    for index in range(max(groups, default=1)):
        yield _reading(template, index)


def _reading(template: str, index: int) -> str:
    def choose(match: re.Match[str]) -> str:
        options = match[1].split("|")
        return options[index % len(options)]

    return _ALTERNATES.sub(choose, template)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, stripped; headings are none."""
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [part.strip(' “”‘’"') for part in _SENTENCE_END.split(prose) if part.strip(' “”‘’"')]


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def count_words(text: str) -> int:
    """Return how many words a text has, counted as the scanner counts them."""
    return len(text.split())
