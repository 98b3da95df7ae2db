"""The facts of events for one policy: what is known without a model, what must be asked, and what follows from it.

A fact that cannot be had, or of which a model can say nothing clear, concerns only the clauses that turn on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from guardagent.blocking import run_blocking
from guardagent.errors import FactError
from guardagent.ports import Answer, FactResolver, Judgement, Question, RunCase, RunResult
from guardagent.probing import Probes
from guardagent.types import UNCLEAR, Event, FactSpec, FactValue, Failure, Policy, TokenUsage, canonical_json

# Runs a policy's program; an exception that it gives back stands for one that it met.
Runs = Callable[[Policy, Sequence[RunCase]], Sequence[RunResult] | Exception]
AsyncRuns = Callable[[Policy, Sequence[RunCase]], Awaitable[Sequence[RunResult] | Exception]]

_NOT_RUN = Failure(code="bad_reply", message="the runner answered for another number of events")


class ResolvedFacts(NamedTuple):
    """A value for each fact of a program, and the clauses whose answer is not the program's to give."""

    values: Mapping[str, FactValue] = {}
    # By clause id, for clauses that turn on facts without a value; None is a pass.
    overruled: Mapping[str, Answer | None] = {}
    # By clause id, where in the event a model found what its answers rest on.
    evidence: Mapping[str, tuple[str, ...]] = {}
    usage: TokenUsage = TokenUsage()

    def case(self, event: Event) -> RunCase:
        """What the runner is given of `event`."""
        return RunCase(event.canonical, canonical_json(dict(self.values)) if self.values else "{}")

    def overrule(self, result: RunResult) -> RunResult:
        """`result` without the answers that rest on facts which could not be had."""
        # INVARIANT: a clause that turns on a failed fact never passes; tests/core/test_resolving.py.
        if not (self.overruled or self.evidence) or result.failure is not None:
            return result
        kept = (self._with_evidence(answer) for answer in result.answers if answer.clause not in self.overruled)
        return RunResult(answers=(*kept, *(answer for answer in self.overruled.values() if answer is not None)))

    def _with_evidence(self, answer: Answer) -> Answer:
        found = self.evidence.get(answer.clause, ())
        if not found or answer.outcome != "violation":
            return answer
        return answer._replace(evidence=tuple(dict.fromkeys((*answer.evidence, *found))))


NO_FACTS = ResolvedFacts()


def resolve_facts(policy: Policy, events: Sequence[Event], resolver: FactResolver, run: Runs) -> list[ResolvedFacts]:
    """The facts of each event; whatever goes wrong is an error of the clauses that it concerns."""
    try:
        inquiries = [Inquiry(policy, event, resolver) for event in events]
        cases = [case for inquiry in inquiries for case in inquiry.probes]
        _share(inquiries, run(policy, cases) if cases else (), len(cases))
        asked = [inquiry.questions() for inquiry in inquiries]
        judged = run_blocking(_judge_all(resolver, asked)) if any(asked) else [Judgement()] * len(asked)
        return [inquiry.close(found) for inquiry, found in zip(inquiries, judged, strict=True)]
    except Exception as error:
        return [_undone(policy, error)] * len(events)


async def aresolve_facts(
    policy: Policy, events: Sequence[Event], resolver: FactResolver, run: AsyncRuns
) -> list[ResolvedFacts]:
    """As `resolve_facts`, for coroutines: neither a model nor an embedder holds up the event loop."""
    from asyncio import to_thread  # `check` needs no event loop, and a command starts faster without one

    try:
        inquiries = await to_thread(lambda: [Inquiry(policy, event, resolver) for event in events])
        cases = [case for inquiry in inquiries for case in inquiry.probes]
        _share(inquiries, await run(policy, cases) if cases else (), len(cases))
        judged = await _judge_all(resolver, [inquiry.questions() for inquiry in inquiries])
        return [inquiry.close(found) for inquiry, found in zip(inquiries, judged, strict=True)]
    except Exception as error:
        return [_undone(policy, error)] * len(events)


def _undone(policy: Policy, error: Exception) -> ResolvedFacts:
    """The facts where none could be had: every clause is an error."""
    failure = Failure(code="internal", message=f"while resolving facts: {type(error).__name__}")
    clauses = policy.program.clauses
    values = {spec.name: None for spec in policy.program.facts}
    return ResolvedFacts(values, {clause: Answer(clause, "error", failure=failure) for clause in clauses})


async def _judge_all(resolver: FactResolver, asked: Sequence[Sequence[Question]]) -> list[Judgement]:
    """The answers for each event, the events side by side."""
    from asyncio import gather

    return list(await gather(*(_judge(resolver, questions) for questions in asked)))


async def _judge(resolver: FactResolver, questions: Sequence[Question]) -> Judgement:
    if not questions:
        return Judgement()
    try:
        return await resolver.judge(questions)
    except Exception as error:
        broken = Failure(code="fact_failed", message=f"judgement: {type(error).__name__}")
        return Judgement(failures=dict.fromkeys((question.spec.name for question in questions), broken))


def _share(inquiries: Sequence[Inquiry], results: Sequence[RunResult] | Exception, wanted: int) -> None:
    if isinstance(results, Exception):
        wrong = Failure(code="internal", message=f"while running the program: {type(results).__name__}")
        results = [RunResult(failure=wrong)] * wanted
    elif len(results) != wanted:
        results = [RunResult(failure=_NOT_RUN)] * wanted
    left = iter(results)
    for inquiry in inquiries:
        inquiry.probed([next(left) for _ in inquiry.probes])


class Inquiry:
    """The facts of one event for one policy, from what is known at once to what each clause is to make of it."""

    def __init__(self, policy: Policy, event: Event, resolver: FactResolver) -> None:
        """Resolves what needs no model."""
        self._policy, self._program = policy, policy.program
        self._values: dict[str, FactValue] = {}
        self._asking: dict[str, Question] = {}
        self._failures: dict[str, Failure] = {}
        for spec in self._program.facts:
            found = _resolve(spec, event, resolver, allow_judgement=policy.allow_judgement)
            match found:
                case Question():
                    self._asking[spec.name] = found
                case Failure():
                    self._failures[spec.name] = found
                case _:
                    self._values[spec.name] = found
        open_specs = [spec for spec in self._program.facts if spec.name not in self._values]
        self._probes = Probes.of(self._program, open_specs)
        self.probes = tuple(self._probes.cases(event, self._values))
        self._results: Sequence[RunResult] = ()
        self._broken = False
        self._asked: tuple[Question, ...] = ()
        self._denied_by = ""

    def probed(self, results: Sequence[RunResult]) -> None:
        """Takes the results of the probes. Where one of them broke, no open fact counts as had."""
        self._results = results
        broken = next((result.failure for result in results if result.failure is not None), None)
        if broken is not None:
            self._broken = True
            self._failures |= dict.fromkeys(self._asking, broken)
            self._asking.clear()

    def questions(self) -> tuple[Question, ...]:
        """What a model must be asked: nothing that cannot change a clause, and nothing about an event denied anyway."""
        if not self._asking:
            return ()
        # Not every clause is worth a call: the policy may content itself with the first reason to deny.
        if not self._policy.judge_denied:
            self._denied_by = next(filter(self._denies_for_certain, self._program.clauses), "")
            if self._denied_by:
                return ()
        needed = {name for clause in self._program.clauses for name in self._deciding(clause)}
        self._asked = tuple(
            question._replace(clauses=self._resting_on(name))
            for name, question in self._asking.items()
            if name in needed
        )
        return self._asked

    def close(self, judged: Judgement) -> ResolvedFacts:
        """What the program is run on, and what stands in the place of its answers."""
        known: dict[str, FactValue] = {
            question.spec.name: said
            for question in self._asked
            if (said := judged.answers.get(question.spec.name)) in question.spec.options
        }
        failures = self._failures | dict(self._unanswered(judged)) | dict(judged.failures)
        overruled: dict[str, Answer | None] = {}
        for clause in self._program.clauses:
            missing = [name for name in self._deciding(clause) if name not in known]
            if missing and (self._broken or len(self._probes.possible(clause, self._results, known)) != 1):
                overruled[clause] = self._without(clause, missing, failures)
        evidence = {
            clause: tuple(dict.fromkeys(p for name in self._deciding(clause) for p in judged.evidence.get(name, ())))
            for clause in self._program.clauses
        }
        rest = {spec.name: next(iter(spec.options), None) for spec in self._program.facts}
        values = {**rest, **self._values, **known}
        return ResolvedFacts(
            values,
            overruled=overruled,
            evidence={clause: found for clause, found in evidence.items() if found},
            usage=judged.usage,
        )

    def _unanswered(self, judged: Judgement) -> Iterator[tuple[str, Failure]]:
        """The questions that got no answer, or none of their own, with that as the failure."""
        for question in self._asked:
            name = question.spec.name
            if judged.answers.get(name) not in (*question.spec.options, UNCLEAR):
                yield (
                    name,
                    Failure(code="fact_failed", message=f"fact `{name}`: the model gave no answer of the choices"),
                )

    def _deciding(self, clause: str) -> tuple[str, ...]:
        """The open facts that a clause turns on; all that it reads where the probes told nothing."""
        if self._broken:
            return self._probes.open_of(clause)
        return self._probes.deciding(clause, self._results)

    def _denies_for_certain(self, clause: str) -> bool:
        if clause in {waiver.clause for waiver in self._policy.waivers}:
            return False
        answers = self._probes.possible(clause, self._results, {})
        return len(answers) == 1 and answers[0] is not None and answers[0][1:3] == ("violation", "deny")

    def _resting_on(self, name: str) -> tuple[str, ...]:
        read_by = self._program.facts_read_by
        return tuple(self._policy.quote(clause) for clause in self._program.clauses if name in read_by(clause))

    def _without(self, clause: str, missing: Sequence[str], failures: Mapping[str, Failure]) -> Answer | None:
        """What a clause comes to that turns on facts without a value."""
        failed = next((failures[name] for name in missing if name in failures), None)
        if failed is not None:
            return Answer(clause, "error", failure=failed)
        if self._denied_by:
            return Answer(clause, "not_applicable", message=f"not asked: `{self._denied_by}` denies already")
        fields = tuple(dict.fromkeys(p for name in missing if name in self._asking for p in self._asking[name].texts))
        message = f"the model could not tell `{missing[0]}`"
        match self._policy.unclear:
            case "allow":
                return None
            case "escalate" | "deny" as remedy:
                return Answer(clause, "violation", remedy, message, evidence=fields)


def _resolve(
    spec: FactSpec, event: Event, resolver: FactResolver, *, allow_judgement: bool
) -> FactValue | Question | Failure:
    try:
        return resolver.resolve((spec,), event, allow_judgement=allow_judgement)[spec.name]
    except FactError as error:
        return Failure(code="fact_failed", message=str(error))
    except Exception as error:
        # The text of a foreign exception may quote the event.
        return Failure(code="fact_failed", message=f"fact `{spec.name}`: {type(error).__name__}")


__all__ = ["NO_FACTS", "ResolvedFacts", "aresolve_facts", "resolve_facts"]
