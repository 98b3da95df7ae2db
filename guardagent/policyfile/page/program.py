"""The program on the page: numbered lines that can be linked to, and the function of each clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guardagent.policyfile.page.markup import Raw, joined, tag
from guardagent.types import ClauseReport, Draft


def whole_program(draft: Draft) -> Raw:
    """All lines; the first line of each clause's function leads back to its sentence."""
    if draft.program is None:
        return tag("p", "No sentence could be translated, so there is no program.", class_="bad")
    starts = {report.lines[0]: report.clause for report in draft.report.clauses if report.lines}
    return tag("pre", _lines(draft.program.source, 1, None, starts))


def function_of(draft: Draft, report: ClauseReport) -> Raw:
    """The lines of the clause's function, folded away; nothing where it has none."""
    if draft.program is None or report.lines is None:
        return Raw("")
    first, last = report.lines
    link = tag("a", f"lines {first} to {last}", href=f"#L{first}")
    return tag(
        "details",
        tag("summary", "The code that enforces it, ", link),
        tag("pre", _lines(draft.program.source, first, last, {})),
    )


def _lines(source: str, first: int, last: int | None, starts: Mapping[int, str]) -> Iterator[Raw]:
    """Numbered lines; only those of the whole program bear the names that links lead to."""
    whole = last is None
    for number, text in enumerate(source.splitlines()[first - 1 : last], first):
        mark = tag("a", str(number), class_="number", href=f"#L{number}")
        back = joined("  ", tag("a", f"← {starts[number]}", href=f"#{starts[number]}")) if number in starts else Raw("")
        yield joined(tag("span", mark, text, back, class_="line", id=f"L{number}" if whole else ""), "\n")


__all__ = ["function_of", "whole_program"]
