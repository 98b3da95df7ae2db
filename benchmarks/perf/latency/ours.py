"""Our own ways: a plain function, the guard language in process, and the confined worker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from guardagent.ports import RunCase, RunResult
from guardagent.types import Program
from guardagent.types.base import canonical_json
from guardagent_toolbox.compiler import Compiled, LoadedProgram, compile_source
from guardagent_toolbox.registry import TOOLBOX_VERSION, functions
from guardagent_toolbox.sandbox import Sandbox
from latency.events import CHECK, Case, Verdict
from latency.variants import BATCH, Awaited, Batched, OneByOne, Variant

PLAIN = "plain function"
WORKER = "confined worker"
COROUTINE = "confined worker, asyncio"
WORKER_BATCH = f"confined worker, batch of {BATCH}"


def program_of(sandbox: Sandbox) -> Program:
    """The check, compiled."""
    return Program.of(sandbox.inspect(CHECK), toolbox_version=TOOLBOX_VERSION)


def our_variants(sandbox: Sandbox, runner: asyncio.Runner) -> list[Variant]:
    """All of them; the workers are the sandbox's."""
    program = program_of(sandbox)
    compiled = compile_source(CHECK, functions())
    assert isinstance(compiled, Compiled)
    loaded = LoadedProgram(compiled, functions())
    plain: dict[str, Any] = {"violation": lambda message, **rest: {"message": message, **rest}}
    exec(CHECK, plain)

    def from_a_dict(case: Case) -> tuple[RunResult, ...]:
        return sandbox.run(program, [RunCase(canonical_json(case.event))])

    def one(case: Case) -> tuple[RunResult, ...]:
        return sandbox.run(program, [case.ready])

    def in_process(case: Case) -> list[list[Any]]:
        return loaded.run(case.event, {})

    def batch(cases: Sequence[Case]) -> tuple[RunResult, ...]:
        return sandbox.run(program, [case.ready for case in cases])

    return [
        OneByOne(PLAIN, lambda case: plain["clause_c1"](case.event, {}), _verdict_of_value),
        OneByOne("guard language, in process", in_process, _verdict_of_rows),
        OneByOne("guard language, a denial", in_process, _verdict_of_rows, takes="denied"),
        OneByOne(WORKER, one, _verdict_of_only),
        OneByOne("confined worker, a denial", one, _verdict_of_only, takes="denied"),
        OneByOne("confined worker, from a dict", from_a_dict, _verdict_of_only),
        Awaited(COROUTINE, lambda case: sandbox.arun(program, [case.ready]), _verdict_of_only, runner),
        Batched(WORKER_BATCH, batch, verdict_of),
    ]


def verdict_of(result: RunResult) -> Verdict:
    """What one result says."""
    if result.failure is not None or any(answer.outcome == "error" for answer in result.answers):
        return "failed"
    return "allow" if all(answer.outcome == "pass" for answer in result.answers) else "deny"


def _verdict_of_only(results: tuple[RunResult, ...]) -> Verdict:
    (result,) = results
    return verdict_of(result)


def _verdict_of_rows(rows: list[list[Any]]) -> Verdict:
    if any(row[1] == "error" for row in rows):
        return "failed"
    return "deny" if rows else "allow"


def _verdict_of_value(value: object) -> Verdict:
    return "deny" if value else "allow"


__all__ = ["COROUTINE", "PLAIN", "WORKER", "WORKER_BATCH", "our_variants", "program_of", "verdict_of"]
