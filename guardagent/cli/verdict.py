"""A decision, put into words for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from guardagent.cli import output
from guardagent.cli.console import ALLOWED, DENIED, GUARD_FAILED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardagent.types import Decision, Finding

_SAID = {"allow": "ALLOWED", "deny": "DENIED", "escalate": "ESCALATED"}
_STYLES = {"allow": "bold green", "deny": "bold red", "escalate": "bold yellow"}
_MAX_DETAILS = 400


def exit_code(decisions: Iterable[Decision]) -> int:
    """The worst of the decisions: 3 where the guard failed, 1 where it did not allow, else 0."""
    return max((_exit_code(decision) for decision in decisions), default=ALLOWED)


def _exit_code(decision: Decision) -> int:
    if decision.failed:
        return GUARD_FAILED
    return ALLOWED if decision.effect == "allow" else DENIED


def show(decision: Decision) -> None:
    """Writes the verdict: the effect, then each reason with the author's sentence and the evidence."""
    output.say(_headline(decision), style=_STYLES[decision.effect])
    for finding in decision.findings:
        if finding.outcome in ("violation", "error"):
            for line in _reason(finding):
                output.say("  " + line)
    for duty in decision.obligations:
        span = "all of it" if duty.start is None and duty.end is None else f"[{duty.start}:{duty.end}]"
        output.say(f"  redact {duty.pointer} {span} before use ({duty.policy} {duty.clause})")
    output.say(_footer(decision), style="dim")
    for note in _notes(decision):
        output.say(note, style="yellow")


def _headline(decision: Decision) -> str:
    said = _SAID[decision.effect]
    if decision.failed and decision.failure:
        return f"{said}: the guard failed ({decision.failure.code}): {output.one_line(decision.failure.message)}"
    return said


def _reason(finding: Finding) -> Iterator[str]:
    yield f"{finding.policy} {finding.clause}: “{output.one_line(finding.quote)}”"
    kind = "error" if finding.outcome == "error" else finding.remedy
    yield f"    {kind}: {output.one_line(finding.message)}"
    if finding.details is not None:
        yield f"    details: {_compact(finding.details)}"
    if finding.evidence:
        yield f"    evidence: {', '.join(finding.evidence)}"


def _footer(decision: Decision) -> str:
    policies = ", ".join(_policy(use.name, use.revision, use.mode) for use in decision.policies) or "no policy"
    calls = "1 model call" if decision.model_calls == 1 else f"{decision.model_calls} model calls"
    return f"  {policies} · {decision.timings.total_us:.0f} µs · {calls} · decision {decision.id}"


def _policy(name: str, revision: str, mode: str) -> str:
    return f"{name}@{revision[:12]}" + ("" if mode == "enforce" else f" ({mode})")


def _notes(decision: Decision) -> Iterator[str]:
    for note in decision.notes:
        yield f"  note: {note}"
    for use in decision.policies:
        for waiver in use.waivers:
            yield f"  waived: {use.name} {waiver.clause} is not enforced: {output.one_line(waiver.reason)}"


def _compact(details: Any) -> str:
    text = json.dumps(details, ensure_ascii=False)
    return text if len(text) <= _MAX_DETAILS else text[:_MAX_DETAILS] + "… (all of it with --json)"
