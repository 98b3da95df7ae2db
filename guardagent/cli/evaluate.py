"""`guardagent eval`: measures the guard on a public benchmark, beside the floors and the published results."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from guardagent.cli.console import ALLOWED, GUARD_FAILED
from guardagent.cli.guardbench import evaluate_translations
from guardagent.cli.options import UnsafeOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from guardagent.settings import Settings
    from guardagent_benchmarks.judging import Display, Mode
    from guardagent_benchmarks.suites.suite import Item, Suite


SuiteArgument = Annotated[
    Literal["eicu-ac", "mind2web-sc", "guardbench"], typer.Argument(help="The suite.", show_default=False)
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="The folder of the data, in its official layout.", show_default=False)
]
ModeOption = Annotated[
    Literal["compiled", "per-event"],
    typer.Option("--mode", help="Compile the request once, or plan and code for every event as the paper does."),
]
ReasonerOption = Annotated[
    Literal["auto", "offline", "openai"] | None,
    typer.Option("--reasoner", help="Who translates the request.", show_default="auto"),
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Judge the first N items only.")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write all results to this file.")]
PlotOption = Annotated[Path | None, typer.Option("--plot", help="Write a picture to this SVG file.")]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="Another policy folder than the suite's own.")]
JudgementOption = Annotated[
    bool | None,
    typer.Option(
        "--judgement/--no-judgement",
        help="guardbench: whether a model may be asked at check time.",
        show_default="only with a model reasoner",
    ),
]


def evaluate(
    suite: SuiteArgument,
    folder: DataOption = None,
    mode: ModeOption = "compiled",
    reasoner: ReasonerOption = None,
    limit: LimitOption = None,
    json_file: JsonOption = None,
    plot_file: PlotOption = None,
    policy: PolicyOption = None,
    judgement: JudgementOption = None,
    unsafe: UnsafeOption = None,
) -> None:
    """Compile the guard request of SUITE, judge every item, and print the metrics beside the floors.

    `guardbench` compiles every policy of its folder instead, and counts what is enforced, declared and silently lost.

    Exit code 0: measured; 2: the data, the policy or an option is wrong; 3: no reasoner or no sandbox.
    """
    from guardagent.settings import load_settings
    from guardagent_benchmarks.suites import suite_named

    _require_places(json_file, plot_file)
    settings = load_settings(reasoner=reasoner, unsafe_no_os_sandbox=unsafe)
    if suite == "guardbench":
        _refuse_unused(mode=mode != "compiled", policy=policy is not None, plot=plot_file is not None)
        evaluate_translations(folder, settings, limit=limit, json_file=json_file, judgement=judgement)
        raise typer.Exit(ALLOWED)
    chosen = suite_named(suite)
    items = chosen.load(folder)[:limit]
    report = _measured(chosen, items, settings, mode, policy)
    _show(report, chosen.title)
    _write(report, chosen.title, json_file, plot_file)
    # Every item refused by a guard that broke is no measurement of a policy.
    raise typer.Exit(GUARD_FAILED if report["errors"] == report["n"] else ALLOWED)


def _refuse_unused(**given: bool) -> None:
    """Raises UsageError when an option is given that guardbench has no use for."""
    for name, is_given in given.items():
        if is_given:
            raise typer.BadParameter(f"`--{name}` is not for guardbench; leave it out")


def _require_places(json_file: Path | None, plot_file: Path | None) -> None:
    from guardagent_benchmarks.output import require_place
    from guardagent_benchmarks.plot import require_matplotlib

    if plot_file is not None:
        require_matplotlib()
    for path in filter(None, (json_file, plot_file)):
        require_place(path)


def _measured(
    suite: Suite, items: Sequence[Item], settings: Settings, mode: Mode, policy: Path | None
) -> dict[str, Any]:
    from guardagent_benchmarks.evaluate import evaluate as run
    from guardagent_benchmarks.report import report_of

    with shown(len(items)) as display:
        evaluation = run(suite, items, settings=settings, mode=mode, policy=policy, display=display)
        display.step("counting")
        return report_of(evaluation)


def _write(report: dict[str, Any], title: str, json_file: Path | None, plot_file: Path | None) -> None:
    from guardagent_benchmarks.output import write_whole
    from guardagent_benchmarks.plot import svg_of

    if json_file is not None:
        write_whole(json_file, (json.dumps(report, indent=2, allow_nan=False) + "\n").encode())
    if plot_file is not None:
        write_whole(plot_file, svg_of(report, title=title))


def _show(report: dict[str, Any], title: str) -> None:
    from guardagent.cli import output
    from guardagent_benchmarks.tables import render

    console = output.console()
    for part in render(report, title=title):
        console.print(part)


@contextmanager
def shown(total: int) -> Iterator[Display]:
    """A display of what is being done and of how many items are judged, on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from guardagent.cli import output
    from guardagent_benchmarks.judging import Display

    console = output.console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("loading", total=total)
        yield Display(
            step=lambda line: progress.update(task, description=line), item=lambda: progress.update(task, advance=1)
        )
