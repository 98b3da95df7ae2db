"""Words at the head of a policy: titles, and sentences on how to report, which ask nothing of an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.tokens import Token

_REPORTED = frozenset(
    "report reported list listed name named hold tell mention mentioned state stated say given give want "
    "know see".split()
)
# What sentences on reporting are made of. They have no word for a thing that an event could hold.
_REPORT_WORDS = _REPORTED | frozenset(
    "please every each all any everything rule rules limit limits point points reason reasons clause "
    "clauses one ones that which is are has have been be a the this these them it they call message "
    "request event export line plan breaks broken broke break violated violates violate fails failed fail "
    "not does do did missing applies apply runs run up against rejected of to us in other cases case must "
    "should if several breached so for us unless says alone says with their number numbers and by its was "
    "were being off wrong violation violations offend offends offended against infringe infringes "
    "infringed provision provisions line lines several where full whole complete list lists what's what "
    "let know see show back want i we me you your get hear count breach breaches breached each together "
    "one's that's order dispatch booking answer reply text letter paragraph script question action "
    "command breaking than more fail can fix so go correct them we shall stated notice problem problems "
    "fault faults found at once error errors issue issues mistake mistakes finding findings objection objections "
    "shortcoming shortcomings an on ground grounds crossed crosses overstepped contravened contravenes".split()
)
# A sentence with `must` asks something of the event, unless it speaks of rules or of breaking them.
_DEMANDING = frozenset("must should shall needs need".split())
_OF_RULES = frozenset(
    "rule rules limit limits clause clauses violation violations breach breaches provision provisions broken violated "
    "breached infringed offended wrong fault faults problem problems".split()
)
# Behind an article and before one of these stands whatever is judged: `every rule that an advert breaks`.
_BREAKS = frozenset(
    "breaks break violates violate fails fail breached breaches offends infringes misses crosses contravenes is was "
    "does has runs".split()
)
_ARTICLES = frozenset("a an the".split())
# What a heading ends with or begins with, and what it has no word of.
_TITLE_NOUNS = frozenset(
    "rules rule limits policy policies guidelines guideline checks checklist requirements standards conditions "
    "instructions provisions restrictions".split()
)
_TITLE_LINKS = frozenset("for of on the our a an in to at with and about governing".split())


def terminals(excluded: frozenset[str]) -> Mapping[str, Terminal]:
    """The terminals `title`, which has none of the excluded words, and `reporting`."""
    return {"title": partial(_title, excluded=excluded), "reporting": _reporting}


def _title(tokens: Sequence[Token], start: int, excluded: frozenset[str]) -> Iterator[tuple[int, bool]]:
    """A few words that name what the rules are about: `Refund rules`, `Limits for transfers`, `MINIBAR ORDERS`."""
    if start:
        return
    named = False
    for end in range(1, min(9, len(tokens)) + 1):
        token = tokens[end - 1]
        linking = named and token.lower in _TITLE_LINKS
        if token.kind != "word" or (token.lower in excluded and not linking):
            return
        named = named or token.lower in _TITLE_NOUNS
        shouted = end > 1 and all(t.text.isupper() and t.text.isalpha() for t in tokens[:end])
        if (named and not linking) or shouted:
            yield end, True


def _reporting(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, bool]]:
    """Words on how to report, up to a mark or the end of the sentence, and no other ones."""
    for end in (*(n for n in range(start, len(tokens)) if tokens[n].kind == "mark"), len(tokens)):
        rest = [t.lower for t in tokens[start:end] if t.kind != "mark"]
        if _DEMANDING & set(rest) and not _OF_RULES & set(rest):
            continue
        if len(rest) >= 3 and _REPORTED & set(rest) and all(_on_reports(rest, n) for n in range(len(rest))):
            yield end, True


def _on_reports(words: Sequence[str], at: int) -> bool:
    """Whether a word belongs to a sentence on reporting: a known one, or the name of what is judged."""
    judged = 0 < at < len(words) - 1 and words[at - 1] in _ARTICLES and words[at + 1] in _BREAKS
    return words[at] in _REPORT_WORDS or judged
