"""`guardagent compile`: translates a policy folder and says, sentence by sentence, what became of it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from guardagent.cli import output
from guardagent.cli.console import ALLOWED, DENIED
from guardagent.cli.options import UnsafeOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guardagent.settings import Settings
    from guardagent.translation.graph import Progress
    from guardagent.types import Draft, GuardRequest, Report

ReasonerOption = Annotated[
    Literal["auto", "offline", "openai"] | None,
    typer.Option("--reasoner", help="Who translates the request.", show_default="auto"),
]
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The policy folder.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help=output.JSON_HELP)]

_STYLES = {"ENFORCED": "", "DEFINITION": "dim", "UNTESTED": "yellow"}
_SENTENCE = 100


def compile_policy(
    folder: FolderArgument,
    reasoner: ReasonerOption = None,
    as_json: JsonOption = False,
    unsafe: UnsafeOption = None,
) -> None:
    """Translate a policy into a tested program.

    Writes compiled/ beside the request. Exit code 0: every rule is enforced and every example right; 1: not.
    """
    from guardagent.policyfile import load_request, write_draft
    from guardagent.settings import load_settings

    settings = load_settings(reasoner=reasoner, unsafe_no_os_sandbox=unsafe)
    request = load_request(folder)
    with shown_progress() as progress:
        draft = compiled(settings, request, progress)
    write_draft(folder, draft)
    if as_json:
        output.say_json(_summary(draft))
    else:
        show_report(draft.report)
        say_what_leaves(draft)
        _say_result(folder, draft.report)
    raise typer.Exit(ALLOWED if draft.report.publishable else DENIED)


def compiled(settings: Settings, request: GuardRequest, progress: Callable[[Progress], None]) -> Draft:
    """The draft of a request, made by the parts that the settings name."""
    import asyncio

    from guardagent.wiring import build_runner, build_translator

    with build_runner(settings) as runner:
        return asyncio.run(build_translator(settings, runner).compile(request, progress=progress))


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """A function that shows each step of a compile on standard error as it starts and ends."""
    console = output.console(stderr=True)
    with console.status("starting") as status:

        def show(progress: Progress) -> None:
            name = progress.node.replace("_", " ")
            again = f" (repair {progress.round})" if progress.round else ""
            if progress.detail:
                detail = output.printable(output.one_line(progress.detail))
                console.print(f"{name:<17} {detail}{again}", style="dim")
            else:
                status.update(f"{name}{again} …")

        yield show


def show_report(report: Report) -> None:
    """Writes the clauses with what became of them, then the examples and findings that failed."""
    made = output.table("clause", "sentence", "status", "why, and what to do")
    for clause in report.clauses:
        why = " ".join(part for part in (clause.reason, clause.hint and f"→ {clause.hint}") if part)
        cells = (clause.clause, _short(clause.text), clause.status, output.one_line(why))
        output.add_row(made, cells, style=_STYLES.get(clause.status, "red"))
    output.show(made)
    show_weak_spots(report)
    for example in report.examples:
        if example.problem:
            output.say(f"example {example.id} ({example.origin}): {output.one_line(example.problem)}", style="red")
    for problem in report.problems:
        output.say(output.one_line(problem), style="red")


def show_weak_spots(report: Report) -> None:
    """Writes the faults that no example would notice, clause by clause."""
    for clause in report.clauses:
        for spot in clause.weak:
            output.say(f"{clause.clause} is weakly tested: {output.one_line(spot)}", style="yellow")


def say_what_leaves(draft: Draft) -> None:
    """Writes which texts of an event a model is asked about; nothing when there are none."""
    for spec in draft.program.facts if draft.program else ():
        if spec.kind == "judgement" or spec.question:
            readers = [clause.clause for clause in draft.report.clauses if spec.name in clause.facts]
            told = f"fact `{spec.name}` shows {', '.join(spec.fields)} to the configured model"
            output.say(f"{told}, for {', '.join(readers) or 'no clause'}", style="yellow")


def _say_result(folder: Path, report: Report) -> None:
    enforced = sum(clause.status == "ENFORCED" for clause in report.clauses)
    rules = sum(clause.status != "DEFINITION" for clause in report.clauses)
    right = sum(not example.problem for example in report.examples)
    repairs = f", {report.repairs} repairs" if report.repairs else ""
    output.say(
        f"{enforced} of {rules} rules enforced, {right} of {len(report.examples)} examples right; "
        f"reasoner {report.reasoner}, {report.usage.calls} model calls, "
        f"{report.usage.prompt_tokens + report.usage.completion_tokens} tokens{repairs}"
    )
    output.say(f"The report with the code of every sentence: {folder}/compiled/report.html")
    if report.publishable:
        output.say(f"Ready. Review {folder}/compiled/check.py, then: guardagent check {folder} --event FILE")
    else:
        output.say("Not publishable: `guardagent check` will refuse this policy until the lines above are mended.")


def _summary(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.request.name,
        "publishable": draft.report.publishable,
        "program": draft.program.digest if draft.program else None,
        "report": draft.report.model_dump(mode="json"),
    }


def _short(text: str) -> str:
    line = output.one_line(text)
    return line if len(line) <= _SENTENCE else line[: _SENTENCE - 1] + "…"
