"""What was compiled: compiled/ ↔ Draft, and the Policy that is enforced from it."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from guardagent.errors import PolicyError
from guardagent.policyfile.atomic import write_folder
from guardagent.policyfile.lock import FORMAT, Lock, lock_of, misquoted, stale_part, with_notice, without_notice
from guardagent.policyfile.page import report_page
from guardagent.policyfile.request import load_request
from guardagent.policyfile.yamlfile import read_text
from guardagent.ports import CheckRunner
from guardagent.types import (
    Draft,
    Example,
    ExampleResult,
    GuardRequest,
    Plan,
    Policy,
    Program,
    Report,
    Waiver,
    canonical_json,
    digest_of,
)

COMPILED = "compiled"
PLAN, CHECK, EXAMPLES, REPORT, LOCK = "plan.json", "check.py", "examples.json", "report.json", "lock.json"

PAGE = "report.html"

_T = TypeVar("_T")
_AGAIN = "run `guardagent compile`"
_ENFORCED = ("ENFORCED", "DEFINITION")


class _Compiled(NamedTuple):
    """A compiled folder that was found to be whole and of this request."""

    draft: Draft
    lock: Lock


def write_draft(folder: Path, draft: Draft, *, waivers: Sequence[Waiver] = ()) -> None:
    """Writes compiled/ of a policy folder; a kill at any moment leaves the old one or the new one, whole."""
    write_folder(folder / COMPILED, draft_files(draft, waivers))


def draft_files(draft: Draft, waivers: Sequence[Waiver] = ()) -> dict[str, str]:
    """The files of compiled/ by name."""
    files = {
        PLAN: _pretty(draft.plan.model_dump(mode="json")),
        EXAMPLES: _pretty([e.model_dump(mode="json") for e in draft.examples if e.origin != "author"]),
        REPORT: _pretty(draft.report.model_dump(mode="json")),
    }
    if draft.program is not None:
        files[CHECK] = with_notice(draft, draft.program)
    lock = _pretty(lock_of(draft, files, waivers).model_dump(mode="json"))
    # The page says nothing that the other files do not, so that nothing is read back from it and no digest holds it.
    return files | {LOCK: lock, PAGE: report_page(draft)}


def load_draft(folder: Path) -> Draft:
    """The draft that was compiled from the folder as it is now.

    Raises:
        PolicyError: never compiled, compiled from an older request, or a file was edited by hand.
    """
    return _load(folder).draft


def load_revision(folder: Path) -> tuple[Draft, tuple[Waiver, ...]]:
    """The draft as for `load_draft`, and the waivers with which it was published."""
    compiled = _load(folder)
    return compiled.draft, compiled.lock.waivers


def load_policy(folder: Path, runner: CheckRunner, *, toolbox_version: str | None = None) -> Policy:
    """The policy of a compiled folder, its source inspected once more by `runner`.

    Raises:
        PolicyError: as for `load_draft`; or the draft may not be published, was compiled for another toolbox than
            `toolbox_version`, or its source is rejected.
    """
    draft, lock = _load(folder)
    policy = policy_of(draft, waivers=lock.waivers)
    verify(policy, folder, runner, toolbox_version=toolbox_version)
    return policy


def verify(policy: Policy, folder: Path, runner: CheckRunner, *, toolbox_version: str | None) -> None:
    """Returns when `runner` reads the policy's program as it was compiled.

    Raises:
        PolicyError: compiled for another toolbox, rejected, or read differently.
    """
    compiled_for = policy.program.toolbox_version
    if toolbox_version is not None and compiled_for != toolbox_version:
        raise PolicyError(
            f"policy `{folder}`: compiled for toolbox {compiled_for}, this is toolbox {toolbox_version}; {_AGAIN}"
        )
    inspection = runner.inspect(policy.program.source)
    if inspection.errors:
        raise PolicyError(f"policy `{folder}`: its program is rejected ({inspection.errors[0]}); {_AGAIN}")
    program = Program.of(inspection, toolbox_version=compiled_for)
    if program != policy.program:
        raise PolicyError(f"policy `{folder}`: its program reads differently than when it was compiled; {_AGAIN}")


def policy_of(draft: Draft, *, waivers: Sequence[Waiver] = ()) -> Policy:
    """The policy that enforces a draft.

    Raises:
        PolicyError: a rule clause is neither enforced nor waived, a waiver is of no such clause, an example fails, or
            there is no program.
    """
    request, report = draft.request, draft.report
    waived = {waiver.clause for waiver in waivers}
    needless = sorted(waived - set(_unenforced(draft)))
    if needless:
        raise PolicyError(f"policy `{request.name}`: clause `{needless[0]}` needs no waiver, or there is none such")
    gaps = [line for clause, line in _unenforced(draft).items() if clause not in waived]
    if gaps:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        raise PolicyError(f"policy `{request.name}`: {gaps[0]}{more}; {_AGAIN}")
    failing = [example for example in report.examples if example.problem and not _waived(example, waived)]
    if failing:
        raise PolicyError(f"policy `{request.name}`: example `{failing[0].id}` fails: {failing[0].problem}")
    if report.problems:
        raise PolicyError(f"policy `{request.name}`: {report.problems[0]}")
    if draft.program is None:
        raise PolicyError(f"policy `{request.name}`: no sentence of it could be translated, so nothing is enforced")
    return Policy(
        name=request.name,
        program=draft.program,
        clauses=draft.clauses,
        agent=request.agent.name,
        stages=request.stages,
        mode=request.mode,
        on_error=request.on_error,
        allow_judgement=request.allow_judgement,
        unclear=request.unclear,
        judge_denied=request.judge_denied,
        event_schema_json=canonical_json(request.agent.event_schema),
        waivers=tuple(waivers),
    )


def _unenforced(draft: Draft) -> dict[str, str]:
    """A line for each clause that would stand in the policy without being enforced, by its id."""
    # INVARIANT: nothing is published under the author's name that the report does not vouch for.
    functions = draft.program.clauses if draft.program else ()
    reports = {report.clause: report for report in draft.report.clauses}
    found = {}
    for clause in draft.clauses:
        report = reports.get(clause.id)
        if clause.kind != "rule" and report is None:
            continue
        if report is None or report.status not in _ENFORCED:
            status = f"{report.status}: {report.reason}" if report and report.reason else "not enforced"
            found[clause.id] = f"clause `{clause.id}` is {status}"
        elif report.status == "ENFORCED" and clause.id not in functions:
            found[clause.id] = f"clause `{clause.id}` has no function in the program"
    return found


def _waived(example: ExampleResult, waived: Set[str]) -> bool:
    """Whether a wrong example is wrong because of waived clauses only."""
    if example.failed or not (waived & {*example.violated, *example.expect_violated}):
        return False
    left = set(example.violated) - waived
    if example.expect == "allow":
        return not left
    return set(example.expect_violated) - waived <= left


def _load(folder: Path) -> _Compiled:
    request = load_request(folder)
    compiled = folder / COMPILED
    if not (compiled / LOCK).is_file():
        raise PolicyError(f"policy `{folder}`: not compiled yet; {_AGAIN}")
    lock = _lock(compiled / LOCK)
    changed = stale_part(lock, request)
    if changed:
        raise PolicyError(f"policy `{folder}`: {changed} was changed after the last compile; {_AGAIN}")
    wrong = misquoted(lock, request)
    if wrong:
        raise PolicyError(f"{compiled / LOCK}: clause `{wrong}` does not stand in the request like this; {_AGAIN}")
    return _Compiled(_draft(compiled, request, lock), lock)


def _lock(path: Path) -> Lock:
    raw = _json(path, read_text(path))
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise PolicyError(f"{path}: not a lock of format {FORMAT}; {_AGAIN}")
    return _valid(TypeAdapter(Lock), raw, path)


def _draft(compiled: Path, request: GuardRequest, lock: Lock) -> Draft:
    texts = {name: _unedited(compiled / name, digest) for name, digest in lock.files.items()}
    parsed = {name: _json(compiled / name, text) for name, text in texts.items() if name != CHECK}
    proposed = _valid(TypeAdapter(tuple[Example, ...]), parsed.get(EXAMPLES), compiled / EXAMPLES)
    return Draft(
        request=request,
        clauses=lock.clauses,
        plan=_valid(TypeAdapter(Plan), parsed.get(PLAN), compiled / PLAN),
        program=_program(compiled / CHECK, texts, lock),
        examples=(*request.examples, *proposed),
        report=_valid(TypeAdapter(Report), parsed.get(REPORT), compiled / REPORT),
    )


def _unedited(path: Path, digest: str) -> str:
    text = read_text(path)
    if digest_of(text) != digest:
        raise PolicyError(f"{path}: was edited after the last compile; change the request and {_AGAIN}")
    return text


def _program(path: Path, texts: dict[str, str], lock: Lock) -> Program | None:
    if lock.program is None:
        return None
    program = lock.program.with_source(without_notice(texts.get(CHECK, "")))
    if program is None:
        raise PolicyError(f"{path}: is not the program that lock.json names; {_AGAIN}")
    return program


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PolicyError(f"{path}: not valid JSON; {_AGAIN}") from None


def _valid(adapter: TypeAdapter[_T], value: Any, path: Path) -> _T:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        raise PolicyError(f"{path}: does not have the expected form; {_AGAIN}") from None


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
