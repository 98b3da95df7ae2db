"""The report of a draft: from what planning and vetting found, and as plain text for logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from guardagent.translation.statuses import untranslated
from guardagent.translation.vet import Vetting, unasked
from guardagent.types import Clause, Draft, Example, GuardRequest, Plan, Report, TokenUsage

NO_RULES = "no sentence of the request reads as a rule, so nothing would be enforced"


def nothing_coded(request: GuardRequest, clauses: Sequence[Clause], plan: Plan, examples: Sequence[Example]) -> Vetting:
    """What stands in the place of a vetting when the plan covers no clause."""
    return Vetting(
        clauses=untranslated(clauses, plan, "the plan does not cover it"),
        examples=unasked(request, examples),
        problems=() if any(clause.kind == "rule" for clause in clauses) else (NO_RULES,),
    )


def build_report(vetting: Vetting, *, reasoner: str, notes: Sequence[str], repairs: int, usage: TokenUsage) -> Report:
    """The report on the source that was vetted last, or on the best one."""
    return Report(
        reasoner=reasoner,
        clauses=vetting.clauses,
        examples=vetting.examples,
        conflicts=vetting.conflicts,
        problems=vetting.problems,
        notes=(*notes, *_disputed(vetting), *vetting.notes),
        repairs=repairs,
        usage=usage,
    )


def _disputed(vetting: Vetting) -> Iterator[str]:
    """Proposed examples that the program disagrees with: a person has to say who is right."""
    for example in vetting.examples:
        if vetting.program and example.problem and example.origin == "proposed":
            yield f"proposed example `{example.id}`: if its label is wrong, add its event, rightly labelled, to yours"


def summary(report: Report) -> str:
    """How many clauses and examples stand how, in one line."""
    counts = Counter(clause.status for clause in report.clauses)
    wrong = sum(bool(example.problem) for example in report.examples)
    parts = [f"{count} {status}" for status, count in sorted(counts.items())]
    parts.append(f"{len(report.examples) - wrong} of {len(report.examples)} examples right")
    if report.problems:
        parts.append(f"{len(report.problems)} problems")
    return ", ".join(parts)


def plain_text(draft: Draft) -> str:
    """The report in lines, for logs and files; terminals get a table from the command line."""
    report = draft.report
    lines = [f"{draft.request.name}: {summary(report)} ({report.reasoner}, {report.repairs} repairs)"]
    for clause in report.clauses:
        lines.append(f"{clause.clause} {clause.status}: {' '.join(clause.text.split())}")
        lines += [f"    {extra}" for extra in (clause.reason, clause.hint) if extra]
    lines += [f"example {example.id}: {example.problem}" for example in report.examples if example.problem]
    lines += [f"problem: {problem}" for problem in report.problems]
    lines += [f"note: {note}" for note in report.notes]
    return "\n".join(lines)
