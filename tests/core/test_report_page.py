"""The report as a page: whole, closed in itself, and foreign text is never more than text."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from guardagent.policyfile.compiled import PAGE, draft_files
from guardagent.policyfile.page import report_page
from guardagent.policyfile.page.markup import joined, tag
from guardagent.reasoners.scripted import ScriptedReasoner
from guardagent.types import Draft
from tests.translation.parts import (
    CLOSE_ALLOWED,
    EXAMPLES,
    GOOD,
    PLAN,
    PLAN_WITH_GAP,
    REFUND,
    event,
    example,
    request,
    translator,
)

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> \u202e gnissapyb &lt;b&gt;'
VOID = {"meta", "br", "img", "link", "input", "hr"}
FACTS = (
    'FACTS = {"mood": {"kind": "judgement", "fields": ["/user/role"], "question": "Is it kind?", '
    '"choices": ["yes", "no"]}}\n\n\n'
)
ON_FACT = 'def clause_c1(event, facts):\n    if facts["mood"] == "no":\n        return violation("unkind")\n\n\n'


class Page(HTMLParser):
    """What stands in a page; fails on markup that is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        self.ids += [id for id in [given.get("id")] if id]
        self.links += [link for link in [given.get("href")] if link]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data


def draft(source: str = GOOD, **changes: Any) -> Draft:
    given: dict[str, Any] = {"plan": PLAN, "examples": (*EXAMPLES, CLOSE_ALLOWED)} | changes
    plan, examples = given.pop("plan"), given.pop("examples")
    reasoner = ScriptedReasoner(plans=[plan] * 4, examples=[()], codes=[source] * 4)
    return asyncio.run(translator(reasoner).compile(request(*examples, **given)))


def page(of: Draft) -> Page:
    return Page(report_page(of))


def test_every_sentence_stands_beside_its_status_its_examples_and_its_code() -> None:
    made = draft()
    found = page(made)
    for report in made.report.clauses:
        assert report.text in found.text
        assert report.status in found.text
        assert report.clause in found.ids
    assert {"#c1", "#example-too-much", "#L1"} <= set(found.links)
    assert 'if event["tool"]["name"] == "refund"' in found.text
    assert "faults put into its code would be noticed" in found.text


def test_every_link_leads_to_a_place_on_the_page_and_every_place_is_there_once() -> None:
    found = page(draft(FACTS + ON_FACT + GOOD.split("\n\n\n")[1], allow_judgement=True))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    found = page(draft())
    assert not found.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert not {name for name in found.attributes if name.startswith("on") or name in ("src", "style")}
    assert all(link.startswith("#") for link in found.links)
    assert "default-src 'none'" in report_page(draft())


@pytest.mark.parametrize("place", ["text", "note", "id", "event", "description", "name"])
def test_markup_in_foreign_text_stays_text(place: str) -> None:
    asked: dict[str, Any] = {}
    examples = [*EXAMPLES]
    if place == "text":
        asked["text"] = (
            f"Refunds above 500 must be denied {HOSTILE}.\n\nOnly managers may close an account.\n\nIt `means` x.\n"
        )
    elif place in ("note", "id", "event"):
        strange = example(HOSTILE if place == "id" else "strange", event(amount=2), "allow")
        change = {"note": HOSTILE} if place == "note" else {"event": event(role=HOSTILE, amount=2)}
        examples.append(strange.model_copy(update=change if place != "id" else {}))
    else:
        agent = {"name": HOSTILE if place == "name" else "shop", "description": HOSTILE, "event_schema": {}}
        asked["agent"] = agent
        examples = [one.model_copy(update={"event": one.event | {"agent": agent["name"]}}) for one in examples]
    found = page(draft(examples=tuple(examples), **asked))
    assert not found.tags & {"script", "img"}
    assert "onerror" not in found.attributes
    assert "<script>alert(1)</script>" in found.text
    # A reader must see where the direction of the text would have been turned.
    assert "\u202e" not in report_page(draft(examples=tuple(examples), **asked))


def test_what_leaves_the_machine_is_told() -> None:
    asks = page(draft(FACTS + ON_FACT + GOOD.split("\n\n\n")[1], allow_judgement=True))
    assert "the configured model is asked: Is it kind? (yes, no)" in asks.text
    assert "/user/role" in asks.text
    assert "Nothing. The program decides from the event alone" in page(draft()).text


def test_a_gap_and_a_wrong_example_are_told_with_their_reasons() -> None:
    wrong = example("wrong", event(amount=1), "deny")
    found = page(draft(REFUND, plan=PLAN_WITH_GAP, examples=(wrong,)))
    for text in (
        "NOT_TRANSLATABLE",
        "roles are unknown",
        "name them",
        "expected deny, got allow",
        "may not be published",
    ):
        assert text in found.text


def test_a_draft_without_a_program_has_a_page_too() -> None:
    found = page(draft(GOOD).model_copy(update={"program": None}))
    assert "there is no program" in found.text


def test_the_same_draft_gives_the_same_page_and_no_digest_holds_it() -> None:
    made = draft()
    assert report_page(made) == report_page(made)
    files = draft_files(made)
    assert PAGE in files
    assert PAGE not in files["lock.json"]


def test_text_is_escaped_once_and_markup_never_again() -> None:
    inner = tag("b", "a < b & c", title='"x"')
    assert inner == '<b title="&quot;x&quot;">a &lt; b &amp; c</b>'
    assert joined("<", inner, ["&", inner]) == f"&lt;{inner}&amp;{inner}"


def test_the_style_is_readable_in_light_and_dark() -> None:
    style = (Path(__file__).parents[2] / "guardagent" / "policyfile" / "page" / "style.css").read_text()
    assert "color-scheme: light dark" in style
    assert "prefers-color-scheme: dark" in style
    assert "@import" not in style
    assert "url(" not in style
