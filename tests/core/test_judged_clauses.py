"""Judged clauses: rules first, then one question per event, and only where its answer can change something."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from guardagent.guard import Guard
from guardagent.ports import Judgement, Question
from guardagent.types import Clause, Decision, Event, FactSpec, Failure, Policy, Program, TokenUsage, Waiver
from guardagent_toolbox.inprocess import InProcessRunner

SOURCE = """\
FACTS = {
    "priced": {"kind": "judgement", "fields": ["/reply"], "question": "Does the reply name a price?"},
    "rude": {"kind": "judgement", "fields": ["/reply"], "question": "Is the reply rude?"},
    "praise": {"kind": "judgement", "fields": ["/title"], "question": "Does the title praise anyone?"},
}


def clause_c1(event, facts):
    if event["amount"] > 5:
        return violation("too much")


def clause_c2(event, facts):
    if event["kind"] != "mail":
        return not_applicable()
    if facts["priced"] == "yes":
        return violation("names a price")


def clause_c3(event, facts):
    if facts["rude"] == "yes" and facts["praise"] == "no":
        return violation("rude")
"""
RUNNER = InProcessRunner()
PROGRAM = Program.of(RUNNER.inspect(SOURCE), toolbox_version="1")
QUOTES = {"c1": "Nothing above 5.", "c2": "Mails name no price.", "c3": "Nobody is rude without praise."}
MAIL: dict[str, Any] = {"agent": "a", "stage": "output", "amount": 1, "kind": "mail", "reply": "hello", "title": "hi"}


class ToldJudge:
    """Says what it is told to say about each fact, and counts one call of 11 tokens."""

    judged_at = "this machine"

    def __init__(self, *, seconds: float = 0.0, **said: str) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.clauses: dict[str, tuple[str, ...]] = {}
        self._said, self._seconds = said, seconds

    def resolve(self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool) -> dict[str, Question]:
        return {spec.name: Question(spec, {p: event.payload[p[1:]] for p in spec.fields}) for spec in specs}

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        await asyncio.sleep(self._seconds)
        names = tuple(question.spec.name for question in questions)
        self.asked.append(names)
        self.clauses |= {question.spec.name: question.clauses for question in questions}
        failed = {n: Failure(code="fact_failed", message="no") for n in names if self._said.get(n, "no") == "fails"}
        said = {n: self._said.get(n, "no") for n in names if n not in failed}
        where = {q.spec.name: tuple(q.texts) for q in questions if said.get(q.spec.name) == "yes"}
        return Judgement(said, failed, where, TokenUsage(calls=1, prompt_tokens=10, completion_tokens=1))


def guard(judge: ToldJudge, **changes: Any) -> Guard:
    clauses = tuple(Clause(id=id, text=text, start=0, end=len(text)) for id, text in QUOTES.items())
    policy = {"name": "p", "program": PROGRAM, "clauses": clauses, "agent": "a", "allow_judgement": True}
    return Guard(policies=[Policy.model_validate(policy | changes)], runner=RUNNER, facts=judge)


def outcomes(decision: Decision) -> dict[str, str]:
    return {finding.clause: finding.outcome for finding in decision.findings}


def test_one_call_answers_all_questions_of_an_event() -> None:
    judge = ToldJudge(priced="yes")
    decision = guard(judge).check(MAIL)
    assert judge.asked == [("priced", "rude", "praise")]
    assert (decision.effect, decision.failed) == ("deny", False)
    assert outcomes(decision) == {"c1": "pass", "c2": "violation", "c3": "pass"}
    assert (decision.model_calls, decision.model_tokens) == (1, 11)


def test_the_finding_points_at_what_the_model_quoted() -> None:
    (found,) = guard(ToldJudge(priced="yes")).check(MAIL).violations
    assert (found.quote, found.evidence) == ("Mails name no price.", ("/reply",))


def test_each_question_comes_with_the_sentences_that_rest_on_it() -> None:
    judge = ToldJudge()
    guard(judge).check(MAIL)
    assert judge.clauses["priced"] == ("Mails name no price.",)
    assert judge.clauses["rude"] == judge.clauses["praise"] == ("Nobody is rude without praise.",)


def test_a_question_that_can_change_nothing_is_not_asked() -> None:
    judge = ToldJudge()
    guard(judge).check(MAIL | {"kind": "note"})
    assert judge.asked == [("rude", "praise")]


def test_an_event_that_is_denied_anyway_is_not_sent_to_a_model() -> None:
    judge = ToldJudge(priced="yes")
    decision = guard(judge).check(MAIL | {"amount": 9})
    assert (decision.effect, judge.asked, decision.model_calls) == ("deny", [], 0)
    assert outcomes(decision) == {"c1": "violation", "c2": "not_applicable", "c3": "not_applicable"}
    assert decision.findings[1].message == "not asked: `c1` denies already"


def test_a_policy_may_want_all_findings() -> None:
    judge = ToldJudge(priced="yes")
    decision = guard(judge, judge_denied=True).check(MAIL | {"amount": 9})
    assert len(judge.asked) == 1
    assert outcomes(decision) == {"c1": "violation", "c2": "violation", "c3": "pass"}


def test_a_waived_clause_saves_no_question() -> None:
    judge = ToldJudge(priced="yes")
    waived = (Waiver(clause="c1", reason="not yet"),)
    decision = guard(judge, waivers=waived).check(MAIL | {"amount": 9})
    assert (len(judge.asked), decision.effect) == (1, "deny")
    assert decision.violations[0].clause == "c2"


UNCLEAR = [("deny", "deny", "violation"), ("escalate", "escalate", "violation"), ("allow", "allow", "pass")]


@pytest.mark.parametrize(("setting", "effect", "outcome"), UNCLEAR)
def test_unclear_means_what_the_policy_says(setting: str, effect: str, outcome: str) -> None:
    decision = guard(ToldJudge(priced="unclear"), unclear=setting).check(MAIL)
    assert (decision.effect, decision.failed, outcomes(decision)["c2"]) == (effect, False, outcome)
    if outcome == "violation":
        assert decision.violations[0].message == "the model could not tell `priced`"
        assert decision.violations[0].evidence == ("/reply",)


def test_unclear_about_what_no_longer_matters_changes_nothing() -> None:
    decision = guard(ToldJudge(rude="no", praise="unclear")).check(MAIL)
    assert decision.effect == "allow"
    assert guard(ToldJudge(rude="yes", praise="unclear")).check(MAIL).effect == "deny"


@pytest.mark.parametrize("setting", ["deny", "escalate", "allow"])
def test_no_answer_is_a_failed_decision_whatever_unclear_means(setting: str) -> None:
    decision = guard(ToldJudge(priced="fails"), unclear=setting).check(MAIL)
    assert (decision.effect, decision.failed) == ("deny", True)
    assert outcomes(decision) == {"c1": "pass", "c2": "error", "c3": "pass"}
    assert decision.model_calls == 1


@pytest.mark.parametrize("said", ["maybe", "YES", ""])
def test_an_answer_that_was_not_offered_is_none(said: str) -> None:
    decision = guard(ToldJudge(priced=said), unclear="allow").check(MAIL)
    assert (decision.effect, decision.failed) == ("deny", True)


def test_calls_are_counted_for_the_decision_that_made_them() -> None:
    judging = guard(ToldJudge(seconds=0.01))
    events = [MAIL | {"amount": 9 if number % 3 == 0 else 1, "title": str(number)} for number in range(12)]

    async def all_at_once() -> list[Decision]:
        return list(await asyncio.gather(*(judging.acheck(event) for event in events)))

    wanted = [0 if event["amount"] == 9 else 1 for event in events]
    assert [decision.model_calls for decision in asyncio.run(all_at_once())] == wanted
    assert [decision.model_calls for decision in judging.check_many(events)] == wanted


@pytest.mark.parametrize("how", ["one by one", "in a batch"])
def test_a_slow_model_holds_up_neither_the_loop_nor_other_events(how: str) -> None:
    judging = guard(ToldJudge(seconds=0.2))
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    async def work() -> Sequence[Decision]:
        beating = asyncio.create_task(beat())
        events = [MAIL | {"title": str(number)} for number in range(10)]
        if how == "in a batch":
            found: Sequence[Decision] = await judging.acheck_many(events)
        else:
            found = await asyncio.gather(*(judging.acheck(event) for event in events))
        beating.cancel()
        return found

    started = time.perf_counter()
    decisions = asyncio.run(work())
    assert time.perf_counter() - started < 1.0
    assert beats >= 5
    assert [decision.effect for decision in decisions] == ["allow"] * 10


def test_coroutines_and_plain_calls_decide_alike() -> None:
    events = [MAIL, MAIL | {"amount": 9}, MAIL | {"kind": "note"}, MAIL | {"title": "x"}]
    judging = guard(ToldJudge(priced="yes", rude="unclear"), unclear="escalate")
    unlike = {"id", "at", "timings"}
    plain = [decision.model_dump(exclude=unlike) for decision in judging.check_many(events)]
    assert [d.model_dump(exclude=unlike) for d in asyncio.run(judging.acheck_many(events))] == plain


def test_a_check_on_the_thread_of_a_running_loop_gets_its_judgement() -> None:
    async def inside() -> Decision:
        return guard(ToldJudge(priced="yes")).check(MAIL)

    assert asyncio.run(inside()).effect == "deny"
