"""The one place where secrets are taken out of text; knows neither where the text comes from nor where it goes."""

import base64
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MARK = "[redacted]"
MIN_SECRET = 4  # characters; shorter ones are no secrets, and hiding them would eat ordinary text
MIN_LINE = 6  # characters of a line of a secret that has several

# What looks like a key though nobody told us of it. Group 1, where there is one, is kept. None of them can take more
# than linear time: what follows a beginning is either consumed or bounded.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bsk-[\w\-]{8,}",
        r"\b(?:[spr]k_(?:live|test)_|gsk_|hf_|gh[pousr]_|github_pat_|glpat-|xai-|xox[abp]-|AIza)[\w\-]{16,}",
        r"\beyJ[\w\-.]{20,}",
        r"\b(bearer\s{1,4})[\w\-.~+/=]{6,}",
        r"\b(basic\s{1,4})[\w\-+/=]{16,}",
        r"(://[^\s/:@\"']{0,100}:)[^\s/@\"']{1,400}(?=@)",
        r"((?:\b|_)(?:api[_-]?key|authorization|password|passwd|secret|secret[_-]?key|access[_-]?token|token)"
        r"[\"']?\s{0,4}[:=]\s{0,4}[\"']?)(?!(?:bearer|basic)\s)[^\s\"',;&}\]]{6,}",
    )
)


class Redactor:
    """Takes known secrets, in every form they usually travel in, and what looks like a key out of text.

    A known secret is found as it is, line by line, as JSON or Python escape it, percent-encoded and as base64, whatever
    the case of its letters. May be used from several threads.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hide these from now on; empty and very short ones are passed over."""
        with self._lock:
            for secret in secrets:
                self._forms |= _forms(secret)
            # Longest first, so that a whole key goes before its lines.
            ordered = sorted(self._forms, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None

    def clean(self, text: str) -> str:
        """Return `text` without secrets, each replaced by a mark."""
        known = self._known
        if known is not None:
            text = known.sub(MARK, text)
        for pattern in _PATTERNS:
            text = pattern.sub(_keep_lead if pattern.groups else MARK, text)
        return text

    def clean_start(self, text: str, characters: int) -> str:
        """Return the clean beginning of a long `text`; `characters` of it are looked at, so it takes bounded time."""
        if len(text) <= characters:
            return self.clean(text)
        # A secret the cut went through is no longer recognised: give up as much as could be left of one.
        longest = max(map(len, self._forms), default=0)
        return self.clean(text[:characters])[: -longest or None]


def _keep_lead(found: re.Match[str]) -> str:
    return f"{found[1]}{MARK}"


def _forms(secret: str) -> set[str]:
    whole = {secret, secret.strip()}
    lines = {line.strip() for line in secret.splitlines()}
    plain = {form for form in whole if len(form) >= MIN_SECRET} | {form for form in lines if len(form) >= MIN_LINE}
    return {variant for form in plain for variant in _variants(form)}


def _variants(form: str) -> set[str]:
    raw = form.encode("utf-8", "surrogatepass")
    return {
        form,
        json.dumps(form)[1:-1],
        json.dumps(form, ensure_ascii=False)[1:-1],
        repr(form)[1:-1],
        repr(raw)[2:-1],
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        base64.b64encode(raw).decode("ascii").rstrip("="),
        base64.urlsafe_b64encode(raw).decode("ascii").rstrip("="),
    }
