"""`guardagent eval guardbench`: are guard requests translated into the right checks?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardagent.settings import Settings


def evaluate_translations(
    folder: Path | None, settings: Settings, *, limit: int | None, json_file: Path | None, judgement: bool | None
) -> None:
    """Prints the report over the first `limit` policies of the folder, and writes it to `json_file`.

    Judgement facts are allowed unless the offline reasoner translates, which declares none.
    """
    import json

    from guardagent.cli import output
    from guardagent.cli.evaluate import shown
    from guardagent_benchmarks.guardbench import load, measure, render, report_of
    from guardagent_benchmarks.output import write_whole

    policies = load(folder)[:limit]
    reasoner = settings.chosen_reasoner
    allowed = reasoner != "offline" if judgement is None else judgement
    with shown(sum(len(policy.events) for policy in policies)) as display:
        measured = measure(policies, settings=settings, allow_judgement=allowed, display=display)
    report = report_of(measured, reasoner=reasoner)
    console = output.console()
    for part in render(report):
        console.print(part)
    if json_file is not None:
        write_whole(json_file, (json.dumps(report, indent=2, allow_nan=False) + "\n").encode())


__all__ = ["evaluate_translations"]
