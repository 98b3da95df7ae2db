"""A report of guardbench as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

MAX_LISTED = 20
_COLUMNS = ("policies", "compiled", "clauses", "enforced", "declared", "events", "correct", "clauses right", "gaps")

LEGEND = (
    "enforced, declared: gold clauses that are checked, or reported as not enforced · correct: the decision is right · "
    "decided: events that enforced clauses decide · gaps: silent gaps, wrong without a report that said so"
)


def render(report: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Everything to print, in order."""
    yield _table(f"guardbench, {report['reasoner']}", {"all": report}, decided=True)
    yield Text(LEGEND, style="dim")
    yield _table("by tier", report["per_tier"], decided=True)
    yield _table("by kind", report["per_kind"], decided=False)
    yield _table("by policy", report["per_policy"], decided=False)
    yield Text(
        f"model calls: {report['compile_calls']} to compile ({report['compile_tokens']} tokens), "
        f"{report['check_calls']} for {report['events']} checks"
    )
    silent = [row for row in report["wrong"] if row["counts_as"] == "silent gap"]
    for row in silent[:MAX_LISTED]:
        named = ", ".join(row["named"]) or "nothing"
        wanted = ", ".join(row["violated"]) or "nothing"
        why = f" ({row['failure']})" if row["failure"] else ""
        yield Text(
            f"silent gap: {row['policy']} {row['event']}: expected {row['expect']} by {wanted}, "
            f"got {row['effect']} by {named}{why}"
        )
    if len(silent) > MAX_LISTED:
        yield Text(f"and {len(silent) - MAX_LISTED} more silent gaps; `--json` lists them all")


def _table(title: str, rows: Mapping[str, Mapping[str, Any]], *, decided: bool) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column("", min_width=20)
    for name in (*_COLUMNS, *(("decided right",) if decided else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for name, row in rows.items():
        table.add_row(Text(name), *_cells(row), *((_share(row["decided_correct"], row["decided"]),) if decided else ()))
    return table


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    yield str(row["policies"])
    yield str(row["compiled"])
    yield str(row["clauses"])
    yield _share(row["clauses_enforced"], row["clauses"])
    yield _share(row["clauses_declared"], row["clauses"])
    yield str(row["events"])
    yield _share(row["correct"], row["events"])
    yield _share(row["clause_correct"], row["events"])
    yield str(row["silent_gaps"])


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f}%)" if whole else "-"
