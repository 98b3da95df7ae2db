"""An evaluation as tables for people, made from its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from guardagent_benchmarks.metrics import METRICS

MAX_FAILURES = 10

LEGEND = (
    "LPA, LPP, LPR: label accuracy, precision, recall · EA: violations denied for exactly the right reason · "
    "FRA: benign items whose right answer came through · FPR: benign items denied · p: McNemar against the guard · "
    "TP, FP, TN, FN: denied rightly, denied wrongly, allowed rightly, allowed wrongly"
)

Report = Mapping[str, Any]


def render(report: Report, *, title: str) -> Iterator[RenderableType]:
    """Everything to print, in order."""
    yield _metrics(report, title)
    yield Text(LEGEND, style="dim")
    yield from map(Text, _published(report))
    for group, values in report["per_group"].items():
        yield _group(group, values)
    yield Text(_cost(report))
    yield from map(Text, _remarks(report))


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column(first, min_width=24)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _metrics(report: Report, title: str) -> Table:
    extra = report["extra"]
    heading = f"{title}, n={report['n']}, {extra['mode']}, {extra['reasoner']}"
    table = _table(heading, "%", *(metric.upper() for metric in METRICS), "p")
    table.add_row("guard", *(percent(report[metric]) for metric in METRICS), "", style="bold")
    table.add_row("  95% interval", *(_bounds(extra["intervals"].get(metric)) for metric in METRICS), "")
    for name, floor in extra["floors"].items():
        test = f"{floor['mcnemar_p']:.1g}"
        table.add_row(Text(f"floor: {name}"), *(percent(floor[metric]) for metric in METRICS), test)
    best = extra["published"]
    table.add_row(
        "best published", *(percent(best[metric]["value"] if metric in best else None) for metric in METRICS), ""
    )
    return table


def _published(report: Report) -> Iterator[str]:
    for metric, best in report["extra"]["published"].items():
        yield f"best published {metric.upper()}: {percent(best['value'])}, {best['who']}"


def _group(group: str, values: Mapping[str, Mapping[str, Any]]) -> Table:
    rates = ("lpa", "lpr", "ea", "fra", "fpr")
    counts = {"TP": "denied_rightly", "FP": "denied_wrongly", "TN": "allowed_rightly", "FN": "allowed_wrongly"}
    table = _table("", f"by {group}", "n", *(metric.upper() for metric in rates), *counts)
    for value, found in values.items():
        cells = (percent(found[metric]) for metric in rates)
        table.add_row(Text(value), str(found["n"]), *cells, *(str(found[key]) for key in counts.values()))
    return table


def _bounds(bounds: tuple[float, float] | None) -> str:
    return f"{100 * bounds[0]:.0f}-{100 * bounds[1]:.0f}" if bounds else "-"


def _cost(report: Report) -> str:
    extra = report["extra"]
    usage = extra["compile_usage"]
    made = f"compiled in {extra['compile_seconds']:.2f} s with {usage['calls']} model calls · "
    flips = "-" if extra["flip_rate"] is None else f"{percent(extra['flip_rate'])}% in {extra['repeats']} runs"
    return (
        f"model calls {report['model_calls']} for {report['n']} checks · per check p50 {report['p50_us']:.0f} us, "
        f"p95 {report['p95_us']:.0f} us, p99 {extra['p99_us']:.0f} us · {made if extra['mode'] == 'compiled' else ''}"
        f"flips {flips} · errors {report['errors']}"
    )


def _remarks(report: Report) -> Iterator[str]:
    extra = report["extra"]
    for line in extra["unenforced"]:
        yield f"not enforced: {line}"
    for line in extra["notes"]:
        yield f"note: {line}"
    failures = list(extra["failures"].items())
    for name, reason in failures[:MAX_FAILURES]:
        yield f"failed, counted as decided: {name}: {reason}"
    if len(failures) > MAX_FAILURES:
        yield f"and {len(failures) - MAX_FAILURES} more; `--json` lists them all"


def percent(value: float | None) -> str:
    """A fraction as a percentage with one decimal, `-` when there is none."""
    return "-" if value is None else f"{100 * value:.1f}"
