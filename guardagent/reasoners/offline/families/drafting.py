"""Rules on the parts of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.drafting import Chunks, Numbered, SmallTerm, small_in
from guardagent.reasoners.offline.families.frames import must, must_not
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.items import Items
from guardagent.reasoners.offline.listed import Among
from guardagent.reasoners.offline.meanings import Change, Meaning, Note, Predicate
from guardagent.reasoners.offline.parts import Part, part_of
from guardagent.reasoners.offline.places import PLACE, Kind, SomePlace
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.values import Const, Measure, Table


def the_text(_context: Context, part: Part) -> Field:
    return part.text


def any_text(context: Context) -> Field | None:
    found = part_of(context.fields)
    return found.text if found else None


def the_heading(_context: Context, part: Part) -> Field | None:
    return part.heading


def headed(_context: Context, part: Part, headings: tuple[str, ...]) -> Condition | None:
    return OneOf(part.heading, headings) if part.heading else None


def one_headed(context: Context, headings: tuple[str, ...]) -> Condition | None:
    found = part_of(context.fields)
    return headed(context, found, headings) if found else None


def not_(_context: Context, condition: Condition) -> Condition:
    return Not(condition)


def in_headed(
    context: Context, where: Condition | None, headings: tuple[str, ...] | None, rule: Condition
) -> Condition | None:
    found = where or (one_headed(context, headings) if headings else None)
    return both(found, rule) if found else None


def headed_must(context: Context, where: Condition, predicate: Predicate) -> Condition | None:
    part = part_of(context.fields)
    found = must(context, part.text, predicate) if part else None
    return both(where, found) if found else None


def headed_must_not(context: Context, where: Condition, predicate: Predicate) -> Condition | None:
    part = part_of(context.fields)
    found = must_not(context, part.text, predicate) if part else None
    return both(where, found) if found else None


def no_part(context: Context, part: Part, predicate: Predicate) -> Condition | None:
    return must_not(context, part.text, predicate)


def only_headed(context: Context, where: Condition, predicate: Predicate) -> Condition | None:
    part = part_of(context.fields)
    found = predicate(part.text) if part else None
    return both(Not(where), found) if found else None


def numbered(_context: Context, part: Part | None, first: int | None = None, steps: object = None) -> Condition | None:
    """Without gaps: each number is one more than the last; without a word on the first one, that is 1."""
    del steps
    member = part.member(part.number) if part else None
    if part is None or part.number is None or part.before is None or member is None:
        return None
    return Not(Numbered(part.number, part.before, member, 1 if first is None else first))


def new_heading(context: Context) -> Condition | None:
    """A heading that a part before has already."""
    part = part_of(context.fields)
    member = part.member(part.heading) if part else None
    if part is None or part.heading is None or part.before is None or member is None:
        return None
    return Among(part.heading, Items(part.before), member)


def comes_first(context: Context, where: Condition | None, headings: tuple[str, ...] | None = None) -> Condition | None:
    """The first part has the heading, and no later one has."""
    part = part_of(context.fields)
    found = where or (one_headed(context, headings) if headings else None)
    if part is None or part.before is None or found is None:
        return None
    return Any_((both(found, Present(part.before)), both(Not(Present(part.before)), Not(found))))


def no_later(context: Context, part: Part | None, later: object = None) -> Condition | None:
    """No reference to a part with a higher number."""
    del later
    return _references(context, part, ">")


def only_earlier(context: Context, part: Part | None) -> Condition | None:
    return _references(context, part, ">=")


def _references(context: Context, part: Part | None, op: str) -> Condition | None:
    known = part or part_of(context.fields)
    if known is None or known.number is None:
        return None
    return SomePlace(known.text, reference(known), Compare(PLACE, op, known.number))


def reference(part: Part) -> Kind:
    """References to parts: `clause 7`."""
    nouns = "|".join(sorted(part.nouns))
    letters = "".join(sorted({c for noun in part.nouns for c in f"{noun}s{noun.upper()}S"}))
    return Kind("references", rf"(?i)\b(?:{nouns})s?\s+\d+\b", (f"{min(part.nouns)} 7",), f" {letters}")


def capital_terms(context: Context, wrong: tuple[str, ...] | None = None, term: str | None = None) -> Condition | None:
    part = part_of(context.fields)
    if part is None or part.terms is None or (wrong and not all(small_in(text, term) for text in wrong)):
        return None
    return SmallTerm(part.text, part.terms)


def not_in(_context: Context, where: Condition, _reason: object = None) -> Change:
    """The rule before does not hold there."""
    return lambda condition: None if where in list(parts_of(condition)) else both(condition, Not(where))


def other_limit(_context: Context, where: Condition, count: int) -> Change:
    """Another limit of words for the part with a certain heading."""

    def change(condition: Condition) -> Condition | None:
        limits = [p for p in parts_of(condition) if isinstance(p, Compare) and isinstance(p.limit, Const)]
        if len(limits) != 1 or not isinstance(limits[0].value, Measure | Chunks) or not isinstance(where, OneOf):
            return None
        heading, usual = where.value, limits[0].limit
        if not isinstance(heading, Field) or not isinstance(usual, Const):
            return None
        table = Table(heading, tuple((str(v), count) for v in where.values), usual.value)
        return rewritten_conditions(condition, lambda c: replace(c, limit=table) if c == limits[0] else c)

    return change


def between_spaces(_context: Context) -> Change:
    def change(condition: Condition) -> Condition | None:
        counted = [p for p in parts_of(condition) if isinstance(p, Measure) and p.unit == "words"]
        if not counted:
            return None
        return rewritten_conditions(condition, lambda node: Chunks(node.value) if node in counted else node)

    return change


def references_look(_context: Context, *samples: tuple[str, ...] | None) -> Change:
    """How references are written: right where that is how they are found."""
    listed = [text for texts in samples if texts for text in texts]

    def change(condition: Condition) -> Condition | None:
        kinds = [p.kind for p in parts_of(condition) if isinstance(p, SomePlace) and p.kind.name == "references"]
        return condition if kinds and all(kinds[0].found_in(text) for text in listed) else None

    return change


def other_references(_context: Context, noun: str) -> Change:
    """References to something else are free: right where none of them is found."""

    def change(condition: Condition) -> Condition | None:
        kinds = [p.kind for p in parts_of(condition) if isinstance(p, SomePlace) and p.kind.name == "references"]
        return condition if kinds and not kinds[0].found_in(f"{noun} 7") else None

    return change


def whole_terms(_context: Context) -> Change:
    return lambda condition: condition if any(isinstance(p, SmallTerm) for p in parts_of(condition)) else None


def about_text(_context: Context, *_words: Any) -> Meaning:
    """Rules that name no field are about the text, as they are read anyhow."""
    return Note()


def headings_folded(context: Context) -> Meaning | None:
    part = part_of(context.fields)
    return Note() if part and part.heading else None


def word(_context: Context, *_words: object) -> bool:
    return True
