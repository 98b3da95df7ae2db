"""How many small faults in the programs of policies their examples would notice.

`python -m guardagent_benchmarks.mutation FOLDER...` compiles policy folders offline and prints a table; without
folders it takes those of the two suites, and with `--demonstrations` the shipped demonstrations too.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from guardagent.policyfile import load_request
from guardagent.ports import CheckRunner, FactResolver, Judgement, Question
from guardagent.request import segment
from guardagent.settings import Settings, load_settings
from guardagent.translation.mutation import MutantLimits
from guardagent.translation.vet import Material, vet
from guardagent.types import (
    AgentSpec,
    ClauseReport,
    Event,
    Example,
    FactSpec,
    FactValue,
    GuardRequest,
    MutantCount,
)
from guardagent.wiring import build_facts, build_runner, build_translator
from guardagent_memory.demofile import DemonstrationFile
from guardagent_memory.shipped import shipped_files
from guardagent_toolbox.registry import TOOLBOX_VERSION

SUITES = Path(__file__).parent / "suites" / "policies"
LIMITS = MutantLimits(per_clause=400, most=2_000, runs=60_000, seconds=600.0)


class Row(NamedTuple):
    """What came of the mutants of one policy."""

    name: str
    mutants: MutantCount
    weak: tuple[str, ...]

    @property
    def noticed(self) -> float:
        """The share of mutants with a difference that an example notices; 1 where there is none."""
        shown = self.mutants.killed + self.mutants.weak
        return self.mutants.killed / shown if shown else 1.0


def row_of(name: str, reports: Sequence[ClauseReport]) -> Row:
    """The sum over all clauses."""
    total = sum((report.mutants for report in reports if report.mutants), MutantCount())
    return Row(name, total, tuple(f"{report.clause} {spot}" for report in reports for spot in report.weak))


def policy_rows(folders: Sequence[Path], settings: Settings, runner: CheckRunner) -> Iterator[Row]:
    """The row of each policy folder, compiled offline."""
    for folder in folders:
        request = load_request(folder)
        draft = asyncio.run(build_translator(settings, runner, leave_nothing=True).compile(request))
        if draft.program is None:
            yield Row(folder.name, MutantCount(), ("nothing could be translated",))
            continue
        # The examples that the program labelled itself are what a compile offers; they prove nothing here.
        examples = tuple(example for example in draft.examples if example.origin != "program")
        material = Material(request, draft.clauses, draft.plan, examples, TOOLBOX_VERSION)
        vetting = vet(material, draft.program.source, runner=runner, facts=build_facts(settings), mutants=LIMITS)
        yield row_of(folder.name, vetting.clauses)


def demonstration_rows(settings: Settings, runner: CheckRunner) -> Iterator[Row]:
    """The row of each shipped demonstration, tried with its own examples only."""
    for file in shipped_files():
        request = _request_of(file)
        clauses = segment(request.text)
        material = Material(request, clauses, file.demonstration.plan, request.examples, TOOLBOX_VERSION)
        facts = _GivenAnswers(file, build_facts(settings))
        vetting = vet(material, file.demonstration.source, runner=runner, facts=facts, mutants=LIMITS)
        failed = tuple(vetting.failures[:1])
        row = row_of(file.demonstration.id, vetting.clauses)
        yield row._replace(weak=(*failed, *row.weak))


def _request_of(file: DemonstrationFile) -> GuardRequest:
    shown = file.demonstration
    examples = tuple(one.example for one in file.examples)
    agent = AgentSpec(
        name=str(examples[0].event["agent"]), description=shown.specification, event_schema=_schema(examples)
    )
    return GuardRequest(name=shown.id, text=shown.request, agent=agent, allow_judgement=True, examples=examples)


def _schema(examples: Sequence[Example]) -> dict[str, object]:
    """A demonstration has no event schema; fields that all of its examples have count as required."""
    required = set.intersection(*(set(example.event) for example in examples))
    return {"type": "object", "required": sorted(required)}


class _GivenAnswers:
    """Judgement facts as the demonstration says them of each example; all others by a real resolver."""

    def __init__(self, file: DemonstrationFile, resolver: FactResolver) -> None:
        self._answers = {Event.of(one.example.event).digest: one.answers for one in file.examples}
        self._resolver = resolver

    @property
    def judged_at(self) -> str:
        """Nowhere, as the answers are given."""
        return "nowhere"

    async def judge(self, questions: Sequence[Question]) -> Judgement:  # noqa: ARG002
        """Nothing; `resolve` leaves no question open."""
        return Judgement()

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        """The value of each spec."""
        given = self._answers.get(event.digest, {})
        asked = [spec for spec in specs if spec.name not in given]
        found = self._resolver.resolve(asked, event, allow_judgement=allow_judgement) if asked else {}
        return {**{spec.name: given[spec.name] for spec in specs if spec.name in given}, **found}


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, with their sum."""
    total = Row("all", sum((row.mutants for row in rows), MutantCount()), ())
    lines = ["| policy | noticed | not noticed | share | no difference seen | not tried |", "|---|--:|--:|--:|--:|--:|"]
    for row in (*rows, total):
        c = row.mutants
        lines.append(f"| {row.name} | {c.killed} | {c.weak} | {row.noticed:.1%} | {c.same} | {c.untried} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table, then the faults that no example notices."""
    parser = argparse.ArgumentParser(prog="python -m guardagent_benchmarks.mutation", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--demonstrations", action="store_true", help="also the shipped demonstrations")
    given = parser.parse_args(arguments)
    settings = load_settings(reasoner="offline", base_url="", model="", embedding_model="", second_opinion="off")
    folders = given.folders or sorted(path for path in SUITES.iterdir() if path.is_dir())
    with build_runner(settings) as runner:
        rows = list(policy_rows(folders, settings, runner))
        if given.demonstrations:
            rows += demonstration_rows(settings, runner)
    sys.stdout.write(table(rows))
    for row in rows:
        for spot in row.weak:
            sys.stdout.write(f"{row.name}: {spot}\n")


if __name__ == "__main__":
    main()
