"""The page: what is enforced, sentence by sentence, and how it was tested."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from urllib.parse import quote

from guardagent.policyfile.page.markup import Raw, joined, tag
from guardagent.policyfile.page.program import function_of, whole_program
from guardagent.types import ClauseReport, Draft, Example, ExampleResult, FactSpec

_STYLES = {"ENFORCED": "good", "DEFINITION": "soft", "UNTESTED": "warn"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ORIGINS = {"author": "the author", "proposed": "proposed", "program": "the program itself"}


def report_page(draft: Draft) -> str:
    """The report as a page of its own: no script, nothing loaded from elsewhere, the same for the same draft."""
    style = files("guardagent.policyfile.page").joinpath("style.css").read_text(encoding="utf-8")
    name = draft.request.name
    head = tag(
        "head",
        Raw('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Raw(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        tag("title", f"{name}: what is enforced"),
        # The page's own style sheet; as in every style sheet, nothing in it is escaped.
        Raw(f"<style>{style}</style>"),
    )
    body = tag("body", _head(draft), tag("main", _sections(draft)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _sections(draft: Draft) -> Iterator[Raw]:
    yield joined(tag("h2", "Sentences"), [_clause(draft, report) for report in draft.report.clauses])
    yield joined(tag("h2", "What leaves this machine"), _leaving(draft))
    yield joined(tag("h2", "Examples"), _examples(draft))
    if draft.report.problems or draft.report.conflicts or draft.report.notes:
        wrong = (*(conflict.text for conflict in draft.report.conflicts), *draft.report.problems)
        problems = [tag("li", text, class_="bad") for text in wrong]
        yield joined(tag("h2", "Notes"), tag("ul", problems, [tag("li", note) for note in draft.report.notes]))
    yield joined(tag("h2", "Program", id="program"), whole_program(draft))


def _head(draft: Draft) -> Raw:
    request, report = draft.request, draft.report
    rules = [clause for clause in report.clauses if clause.status != "DEFINITION"]
    enforced = sum(clause.status == "ENFORCED" for clause in rules)
    right = sum(not example.problem for example in report.examples)
    ready = ("may be published", "good") if report.publishable else ("may not be published", "bad")
    facts = {
        "Agent": request.agent.name,
        "Stages": ", ".join(request.stages) or "all",
        "When the guard fails": request.on_error,
        "Translated by": report.reasoner + (f", {report.repairs} repairs" if report.repairs else ""),
        "Rules enforced": f"{enforced} of {len(rules)}",
        "Examples right": f"{right} of {len(report.examples)}",
    }
    listed = [joined(tag("dt", key), tag("dd", value)) for key, value in facts.items()]
    title = tag("h1", request.name, " ", tag("span", ready[0], class_=f"badge {ready[1]}"))
    return tag("header", title, tag("p", request.agent.description, class_="soft"), tag("dl", listed))


def _clause(draft: Draft, report: ClauseReport) -> Raw:
    badge = tag("span", report.status, class_=f"badge {_STYLES.get(report.status, 'bad')}")
    parts = [
        tag("h3", report.clause, " ", badge),
        tag("blockquote", report.text),
        _said(report),
        _weak(report),
        _links(draft, report),
        function_of(draft, report),
    ]
    return tag("article", parts, id=report.clause)


def _said(report: ClauseReport) -> Raw:
    reason = tag("p", report.reason) if report.reason else Raw("")
    hint = tag("p", "→ ", report.hint, class_="warn") if report.hint else Raw("")
    return joined(reason, hint)


def _weak(report: ClauseReport) -> Raw:
    """How many faults put into its function an example would notice, and those that none would."""
    count = report.mutants
    if count is None or not count.killed + count.weak:
        return Raw("")
    noticed = f"{count.killed} of {count.killed + count.weak} faults put into its code would be noticed by an example."
    if not report.weak:
        return tag("p", noticed, class_="soft")
    spots = tag("ul", [tag("li", spot) for spot in report.weak])
    return joined(tag("p", tag("strong", "Weakly tested: "), noticed, class_="warn"), spots)


def _links(draft: Draft, report: ClauseReport) -> Raw:
    found = {result.id: result for result in draft.report.examples}
    shown = [_link(found[id]) for id in report.examples if id in found]
    if not shown:
        return Raw("")
    separated = [piece for link in shown for piece in (", ", link)][1:]
    return tag("p", "Examples: ", separated, class_="soft")


def _link(result: ExampleResult) -> Raw:
    mark = "✗" if result.problem else "✓"
    return tag("a", f"{mark} {result.id}", href=f"#{_anchor(result)}", class_="bad" if result.problem else "")


def _anchor(result: ExampleResult) -> str:
    """The name of the example's row; an id may hold anything."""
    return f"example-{quote(result.id, safe='')}"


def _leaving(draft: Draft) -> Raw:
    """Which texts of an event are shown to a model or an embedder, for which sentences."""
    facts = draft.program.facts if draft.program else ()
    if not facts:
        return tag("p", "Nothing. The program decides from the event alone, and no model is asked at check time.")
    rows = [_fact(draft, spec) for spec in facts]
    head = tag("tr", [tag("th", name) for name in ("fact", "texts of the event", "who answers", "sentences")])
    return tag("table", tag("thead", head), tag("tbody", rows))


def _fact(draft: Draft, spec: FactSpec) -> Raw:
    readers = [report.clause for report in draft.report.clauses if spec.name in report.facts]
    links = [piece for clause in readers for piece in (", ", tag("a", clause, href=f"#{clause}"))][1:]
    return tag(
        "tr",
        tag("td", tag("code", spec.name)),
        tag("td", ", ".join(spec.fields)),
        tag("td", _answerer(spec)),
        tag("td", links),
    )


def _answerer(spec: FactSpec) -> str:
    if spec.kind == "judgement":
        return f"the configured model is asked: {spec.question} ({', '.join(spec.choices)})"
    asked = f"; where two are as near, the configured model: {spec.question}" if spec.question else ""
    return f"the nearest of example phrases, on this machine unless an embedding endpoint is set{asked}"


def _examples(draft: Draft) -> Raw:
    if not draft.report.examples:
        return tag("p", "There are none.", class_="warn")
    events = {example.id: example for example in draft.examples}
    head = tag("tr", [tag("th", name) for name in ("example", "labelled by", "expected", "got", "")])
    rows = [_example(result, events.get(result.id)) for result in draft.report.examples]
    return tag("table", tag("thead", head), tag("tbody", rows))


def _example(result: ExampleResult, example: Example | None) -> Raw:
    got = f"{result.effect} (failed)" if result.failed else result.effect
    verdict = tag("span", result.problem, class_="bad") if result.problem else tag("span", "right", class_="good")
    note = tag("div", example.note, class_="soft") if example and example.note else Raw("")
    event = tag("details", tag("summary", result.id), tag("pre", _json(example.event))) if example else result.id
    return tag(
        "tr",
        tag("td", event, note),
        tag("td", _ORIGINS[result.origin]),
        tag("td", _named(result.expect, result.expect_violated)),
        tag("td", _named(got, result.violated)),
        tag("td", verdict),
        id=_anchor(result),
    )


def _named(effect: str, clauses: tuple[str, ...]) -> str:
    return f"{effect} by {', '.join(clauses)}" if clauses else effect


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


__all__ = ["report_page"]
