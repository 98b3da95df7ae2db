"""Both guard requests of the GuardAgent paper, compiled by the model reasoner over real HTTP: plan, examples, code that
fails its vetting, and a repair."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from guardagent.policyfile import load_request
from guardagent.ports import Brief
from guardagent.reasoners.offline import OfflineReasoner
from guardagent.request import segment
from tests.support.cli import guardagent
from tests.support.model_replies import Reply, answer
from tests.support.model_server import ModelServer

SUITES = Path(__file__).parents[2] / "benchmarks" / "guardagent_benchmarks" / "suites" / "policies"

# For each suite: a slip in the program that an example of the author reveals.
SLIPS = [
    pytest.param("eicu-ac", "if missing:", "if not missing:", marks=pytest.mark.slow),
    ("mind2web-sc", "'/user/dr_license') is True", "'/user/dr_license') is False"),
]


def replies(folder: Path, right: str, wrong: str) -> list[Reply]:
    """What a model would say that plans and codes as the offline reasoner does, but slips once."""
    request = load_request(folder)
    brief = Brief(request, segment(request.text))
    reasoner = OfflineReasoner()
    plan = asyncio.run(reasoner.plan(brief))
    examples = asyncio.run(reasoner.examples(brief, plan))
    source = asyncio.run(reasoner.code(brief, plan, examples)).source
    assert right in source
    proposed: list[dict[str, Any]] = [
        {
            "clause": one.id.split("-")[0],
            "kind": "violating" if one.violated else "compliant",
            "note": one.note,
            "event_json": json.dumps(one.event),
            "expect": one.expect,
            "violated": list(one.violated),
        }
        for one in examples
    ]
    steps = [step.model_dump(mode="json") for step in plan.steps]
    return [
        answer({"steps": steps, "gaps": []}),
        answer({"examples": proposed}),
        answer({"source": source.replace(right, wrong, 1)}),
        answer({"source": source}),
    ]


@pytest.mark.parametrize(("suite", "right", "wrong"), SLIPS)
def test_a_model_compiles_the_paper_policy_with_one_repair(
    suite: str, right: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / suite
    shutil.copytree(SUITES / suite, folder)
    with ModelServer(*replies(folder, right, wrong)) as server:
        monkeypatch.setenv("GUARDAGENT_BASE_URL", server.base_url)
        monkeypatch.setenv("GUARDAGENT_MODEL", "scripted")
        monkeypatch.setenv("GUARDAGENT_API_KEY", "sk-loopback")
        monkeypatch.setenv("GUARDAGENT_MEMORY_PATH", str(tmp_path / "memory.sqlite"))
        monkeypatch.setenv("GUARDAGENT_CHECKPOINT_PATH", str(tmp_path / "checkpoint.sqlite"))
        ended = guardagent("compile", folder, "--reasoner", "openai", "--json")
    assert ended.code == 0, ended.err
    assert server.left == 0
    report = json.loads((folder / "compiled" / "report.json").read_text("utf-8"))
    assert report["repairs"] == 1
    assert report["usage"]["calls"] == 4
    assert report["reasoner"].startswith("openai")
    assert {c["status"] for c in report["clauses"]} <= {"ENFORCED", "DEFINITION"}
    told = guardagent("test", folder)
    assert told.code == 0, told.out
