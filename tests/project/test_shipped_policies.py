"""Every policy folder that ships translates offline, with every rule enforced and every example right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardagent.policyfile import policy_of
from guardagent.ports import CheckRunner
from guardagent.settings import Settings
from guardagent.types import Draft
from guardagent.wiring import build_guard

ROOT = Path(__file__).parents[2]
FOLDERS = [
    *sorted((ROOT / "examples" / "policies").iterdir()),
    *sorted((ROOT / "benchmarks" / "guardagent_benchmarks" / "suites" / "policies").iterdir()),
    ROOT / "guardagent" / "cli" / "template",
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_enforced_as_its_author_expects(
    folder: Path, draft_of: Callable[[Path], Draft], offline: Settings, runner: CheckRunner
) -> None:
    draft = draft_of(folder)
    assert draft.report.publishable, draft.report
    guard = build_guard(offline, [policy_of(draft)], runner)
    for example in draft.request.examples:
        decision = guard.check(example.event)
        assert (decision.effect, decision.failed) == (example.expect, False), example.id
        assert set(example.violated) <= {finding.clause for finding in decision.violations}, example.id
