"""`guardagent test`: asks the compiled program about every example once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from guardagent.cli import output
from guardagent.cli.compiling import FolderArgument, JsonOption
from guardagent.cli.console import ALLOWED, DENIED
from guardagent.cli.options import UnsafeOption
from guardagent.errors import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

    from guardagent.settings import Settings
    from guardagent.translation.vet import Vetting
    from guardagent.types import ExampleResult


MutantsOption = Annotated[
    bool, typer.Option("--mutants", help="Put small faults into the program, and show which no example would notice.")
]


def run_examples(
    folder: FolderArgument, mutants: MutantsOption = False, as_json: JsonOption = False, unsafe: UnsafeOption = None
) -> None:
    """Ask the compiled program about every example.

    Exit code 0: all are right; 1: one is wrong, or there is none.
    """
    from guardagent.settings import load_settings

    vetting, notes = _vetted(folder, load_settings(unsafe_no_os_sandbox=unsafe), mutants=mutants)
    wrong = [example for example in vetting.examples if example.problem]
    if as_json:
        results = [example.model_dump(mode="json") for example in vetting.examples]
        passed = not wrong and bool(results)
        found = {"passed": passed, "examples": results, "problems": vetting.failures, "notes": notes}
        output.say_json(found | ({"mutants": _mutants(vetting)} if mutants else {}))
    else:
        _show(vetting.examples)
        if mutants:
            _show_mutants(vetting)
        for failure in vetting.failures:
            output.say(output.one_line(failure), style="red")
        for note in notes:
            output.say(f"note: {note}", style="yellow")
    raise typer.Exit(ALLOWED if vetting.examples and not wrong and not vetting.failures else DENIED)


def _vetted(folder: Path, settings: Settings, *, mutants: bool) -> tuple[Vetting, tuple[str, ...]]:
    """What the trials found, and what a reader must know of the engine that ran them."""
    from guardagent.policyfile import load_draft
    from guardagent.translation.mutation import LIMITS
    from guardagent.translation.vet import Material, vet
    from guardagent.wiring import build_facts, build_runner, notes_of
    from guardagent_toolbox.registry import TOOLBOX_VERSION

    draft = load_draft(folder)
    if draft.program is None:
        raise PolicyError(f"policy `{folder}`: no sentence of it could be translated, so there is nothing to test")
    material = Material(draft.request, draft.clauses, draft.plan, draft.examples, TOOLBOX_VERSION)
    with build_runner(settings) as runner:
        with output.console(stderr=True).status("testing"):
            vetting = vet(
                material,
                draft.program.source,
                runner=runner,
                facts=build_facts(settings),
                mutants=LIMITS if mutants else None,
            )
        return vetting, notes_of(settings, runner)


def _mutants(vetting: Vetting) -> list[dict[str, object]]:
    counted = [clause for clause in vetting.clauses if clause.mutants is not None]
    return [{"clause": c.clause, "weak": c.weak, **(c.mutants.model_dump() if c.mutants else {})} for c in counted]


def _show_mutants(vetting: Vetting) -> None:
    """Writes how many faults the examples of each clause notice, and those that they don't."""
    made = output.table("clause", "faults noticed", "not noticed", "no difference seen", "not tried")
    for clause in vetting.clauses:
        if (count := clause.mutants) is not None:
            output.add_row(made, (clause.clause, *map(str, (count.killed, count.weak, count.same, count.untried))))
    output.show(made)
    for clause in vetting.clauses:
        for spot in clause.weak:
            output.say(f"{clause.clause}: {output.one_line(spot)}", style="yellow")


def _show(examples: tuple[ExampleResult, ...]) -> None:
    made = output.table("example", "of", "expected", "got", "violated", "")
    for example in examples:
        got = f"{example.effect} (failed)" if example.failed else example.effect
        cells = (
            example.id, example.origin, example.expect, got, ", ".join(example.violated),
            output.one_line(example.problem) or "right",
        )  # fmt: skip
        output.add_row(made, cells, style="red" if example.problem else "")
    output.show(made)
    right = sum(not example.problem for example in examples)
    output.say(f"{right} of {len(examples)} examples right" if examples else "no examples: add some to examples.yaml")
