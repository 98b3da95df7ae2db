"""Every policy folder that ships translates offline, with every rule enforced and every example right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardagent.policyfile import load_request, policy_of
from guardagent.ports import CheckRunner
from guardagent.settings import load_settings
from guardagent.wiring import build_guard, build_runner, build_translator

ROOT = Path(__file__).parents[2]
FOLDERS = [
    *sorted((ROOT / "examples" / "policies").iterdir()),
    *sorted((ROOT / "benchmarks" / "guardagent_benchmarks" / "suites" / "policies").iterdir()),
    ROOT / "guardagent" / "cli" / "template",
]


@pytest.fixture(scope="module")
def runner() -> Iterator[CheckRunner]:
    with build_runner(load_settings()) as made:
        yield made


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_enforced_as_its_author_expects(folder: Path, runner: CheckRunner) -> None:
    settings = load_settings(reasoner="offline", base_url="", model="", embedding_model="")
    request = load_request(folder)
    draft = asyncio.run(build_translator(settings, runner, leave_nothing=True).compile(request))
    assert draft.report.publishable, draft.report
    guard = build_guard(settings, [policy_of(draft)], runner)
    for example in request.examples:
        decision = guard.check(example.event)
        assert (decision.effect, decision.failed) == (example.expect, False), example.id
        assert set(example.violated) <= {finding.clause for finding in decision.violations}, example.id
