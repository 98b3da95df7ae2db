"""Policy folders: what is wrong is said with file and line; what was compiled is whole, unedited and current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardagent.errors import PolicyError
from guardagent.policyfile import load_draft, load_policy, load_request, policy_of, write_draft
from guardagent.request import segment
from guardagent.types import (
    ClauseReport,
    Draft,
    Example,
    ExampleResult,
    Plan,
    PlanStep,
    Policy,
    Program,
    Report,
    Waiver,
)
from tests.support.runners import ScriptedRunner

PROSE = "Nurses must not read the cost table. Users must not read salaries."
REQUEST = f"""---
agent: agent.yaml
stages: [output]
mode: enforce
on_error: escalate
judgement: off
---

{PROSE}
"""
AGENT = """name: ehr
description: reads tables
event_schema:
  type: object
  required: [user]
  properties: {user: {type: object}}
"""
EXAMPLES = """- id: nurse
  event: {user: {role: nurse, since: 2024-01-02, active: yes}}
  expect: deny
  violated: [c1]
"""
SOURCE = "def clause_c1(event, facts):\n    return None\n\n\ndef clause_c2(event, facts):\n    return None\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Nurse Access"
    made.mkdir()
    (made / "request.md").write_text(REQUEST)
    (made / "agent.yaml").write_text(AGENT)
    (made / "examples.yaml").write_text(EXAMPLES)
    return made


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def draft_of(folder: Path, *, status: str = "ENFORCED", problem: str = "", source: str = SOURCE) -> Draft:
    request = load_request(folder)
    clauses = segment(request.text)
    program = Program.of(ScriptedRunner().inspect(source), toolbox_version="1") if source else None
    reports = [
        ClauseReport(clause="c1", text=clauses[0].text, status="ENFORCED"),
        ClauseReport.model_validate({"clause": "c2", "text": clauses[1].text, "status": status, "reason": "too vague"}),
    ]
    result = ExampleResult(id="nurse", origin="author", expect="deny", effect="deny", failed=False, problem=problem)
    proposed = Example(id="p1", event={"agent": "ehr", "stage": "output"}, expect="allow", origin="proposed")
    return Draft(
        request=request,
        clauses=clauses,
        plan=Plan(steps=(PlanStep(clauses=("c1", "c2"), summary="look"),)),
        program=program,
        examples=(*request.examples, proposed),
        report=Report(reasoner="offline", clauses=tuple(reports), examples=(result,)),
    )


def test_a_folder_is_read_into_a_request(folder: Path) -> None:
    request = load_request(folder)
    assert (request.name, request.stages, request.mode, request.on_error) == (
        "nurse-access", ("output",), "enforce", "escalate",
    )  # fmt: skip
    assert request.text == PROSE
    assert request.agent.event_schema["required"] == ["user"]
    assert not request.allow_judgement
    # Agent and the only stage are filled in; dates and words stay what they are.
    assert request.examples[0].event == {
        "agent": "ehr", "stage": "output", "user": {"role": "nurse", "since": "2024-01-02", "active": "yes"},
    }  # fmt: skip


def test_an_agent_may_be_inline_or_shared(folder: Path) -> None:
    (folder.parent / "agents").mkdir()
    (folder / "agent.yaml").rename(folder.parent / "agents" / "ehr.yaml")
    edit(folder / "request.md", "agent: agent.yaml", "agent: ../agents/ehr.yaml")
    assert load_request(folder).agent.name == "ehr"
    edit(folder / "request.md", "agent: ../agents/ehr.yaml", "agent: {name: inline, event_schema: {}}")
    assert load_request(folder).agent.name == "inline"


def test_front_matter_and_examples_may_be_left_out(folder: Path) -> None:
    (folder / "request.md").write_text("Nobody may do anything.\n")
    (folder / "examples.yaml").unlink()
    request = load_request(folder)
    assert (request.mode, request.on_error, request.stages, request.examples) == ("enforce", "deny", (), ())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("off", (False, "deny", False)),
        ("allow", (True, "deny", False)),
        ("{allow: true}", (True, "deny", False)),
        ("{allow: true, unclear: escalate}", (True, "escalate", False)),
        ("{allow: true, unclear: allow, when_denied: ask}", (True, "allow", True)),
        ("{allow: false, when_denied: skip}", (False, "deny", False)),
    ],
)
def test_judgement_says_what_a_model_may_decide(folder: Path, said: str, meant: tuple[bool, str, bool]) -> None:
    edit(folder / "request.md", "judgement: off", f"judgement: {said}")
    request = load_request(folder)
    assert (request.allow_judgement, request.unclear, request.judge_denied) == meant


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{unclear: deny}", "`judgement.allow`: must be `true` or `false`"),
        ("{allow: 1}", "`judgement.allow`: must be `true` or `false`"),
        ("{allow: true, unclear: maybe}", "`judgement.unclear`: must be `deny` or `escalate` or `allow`"),
        ("{allow: true, unclaer: deny}", "unknown key `unclaer`; did you mean `unclear`?"),
        ("{allow: true, when_denied: true}", "`judgement.when_denied`: must be `skip` or `ask`"),
    ],
)
def test_a_setting_of_judgement_that_means_nothing_is_refused(folder: Path, said: str, told: str) -> None:
    edit(folder / "request.md", "judgement: off", f"judgement: {said}")
    with pytest.raises(PolicyError) as caught:
        load_request(folder)
    assert str(caught.value).endswith(f"request.md:6: {told}")


def test_judgement_must_be_allowed_in_so_many_words(folder: Path) -> None:
    edit(folder / "request.md", "judgement: off", "judgement: allow")
    assert load_request(folder).allow_judgement
    edit(folder / "request.md", "judgement: allow", "judgement: true")
    with pytest.raises(PolicyError, match=r"request\.md:6: `judgement`: must be `allow` or `off`"):
        load_request(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("request.md", "stages:", "stage:", "request.md:3: unknown key `stage`; did you mean `stages`?"),
        ("request.md", "[output]", "[outptu]", "request.md:3: `stages.0`: input should be 'input', 'output'"),
        ("request.md", "mode: enforce", "mode: strict", "request.md:4: `mode`: input should be"),
        ("request.md", "mode: enforce", "mode: enforce\nmode: off", "request.md:5: key `mode` stands twice"),
        ("request.md", "on_error: escalate", "on_error: [", "request.md:"),
        ("request.md", "agent: agent.yaml", "agent: other.yaml", "request.md:2: `agent`: there is no file"),
        ("request.md", "agent: agent.yaml", "agent: [1]", "request.md:2: `agent`: must be the path"),
        ("request.md", "agent: agent.yaml", "name: Bad Name", "request.md:2: `name`:"),
        ("request.md", "judgement: off\n---", "judgement: off", "request.md:1: the front matter has no end"),
        ("request.md", PROSE, "", "holds no guard request"),
        ("agent.yaml", "name: ehr\n", "", "agent.yaml:1: `name`: is missing"),
        ("agent.yaml", "description:", "descripton:", "agent.yaml:2: unknown key `descripton`; did you mean"),
        ("agent.yaml", "type: object\n  required", "type: objct\n  required", "agent.yaml:3: event schema:"),
        ("examples.yaml", "expect:", "expects:", "examples.yaml:3: unknown key `expects`; did you mean `expect`?"),
        ("examples.yaml", "expect: deny", "expect: no", "examples.yaml:3: `0.expect`: input should be"),
        ("examples.yaml", "violated: [c1]", "violated: c1", "examples.yaml:4: `0.violated`: must be a list"),
        ("examples.yaml", EXAMPLES, EXAMPLES * 2, "examples.yaml:5: `id`: example `nurse` stands twice"),
        ("examples.yaml", EXAMPLES, "a: 1", "examples.yaml:1: must be a list of examples"),
        ("examples.yaml", EXAMPLES, "- just text", "examples.yaml:1: an example has the keys"),
        ("examples.yaml", EXAMPLES, "\x00", "examples.yaml: not valid YAML"),
    ],
)  # fmt: skip
def test_a_malformed_folder_is_one_line_with_its_place(folder: Path, file: str, old: str, new: str, said: str) -> None:
    edit(folder / file, old, new)
    with pytest.raises(PolicyError) as caught:
        load_request(folder)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_unreadable_files_are_one_line(folder: Path) -> None:
    with pytest.raises(PolicyError, match="no such folder"):
        load_request(folder / "nowhere")
    (folder / "request.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_request(folder)
    (folder / "request.md").unlink()
    (folder / "request.md").mkdir()
    with pytest.raises(PolicyError, match="cannot be read"):
        load_request(folder)


def test_anchors_cannot_make_a_small_file_huge(folder: Path) -> None:
    layers = "\n".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x'}]" for n in range(12))
    (folder / "examples.yaml").write_text(layers)
    with pytest.raises(PolicyError, match="more than"):
        load_request(folder)


def test_a_draft_comes_back_as_it_was_written(folder: Path) -> None:
    draft = draft_of(folder)
    write_draft(folder, draft)
    assert load_draft(folder) == draft
    names = sorted(path.name for path in (folder / "compiled").iterdir())
    assert names == ["check.py", "examples.json", "lock.json", "plan.json", "report.html", "report.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["agent.yaml", "compiled", "examples.yaml", "request.md"]


def test_the_lines_of_a_program_count_in_its_file_as_in_reports_and_failures(folder: Path) -> None:
    draft = draft_of(folder)
    write_draft(folder, draft)
    assert draft.program is not None
    lines = (folder / "compiled" / "check.py").read_text().splitlines()
    source = draft.program.source.splitlines()
    assert lines[: len(source)] == source
    assert any(line.startswith("# Generated by guardagent") for line in lines[len(source) :])


def test_a_policy_has_all_that_it_decides_with(folder: Path) -> None:
    write_draft(folder, draft_of(folder))
    policy = load_policy(folder, ScriptedRunner(), toolbox_version="1")
    assert (policy.name, policy.agent, policy.stages, policy.on_error) == (
        "nurse-access",
        "ehr",
        ("output",),
        "escalate",
    )
    assert policy.program.clauses == ("c1", "c2")
    assert policy.quote("c1") == "Nurses must not read the cost table."
    assert json.loads(policy.event_schema_json)["required"] == ["user"]


def test_switching_the_mode_needs_no_new_compile(folder: Path) -> None:
    write_draft(folder, draft_of(folder))
    edit(folder / "request.md", "mode: enforce", "mode: shadow")
    assert load_policy(folder, ScriptedRunner()).mode == "shadow"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("request.md", "cost table", "lab table", "request.md was changed"),
        ("request.md", "on_error: escalate", "on_error: allow", "request.md was changed"),
        ("agent.yaml", "required: [user]", "required: []", "the agent's specification was changed"),
        ("examples.yaml", "role: nurse", "role: doctor", "examples.yaml was changed"),
        ("compiled/check.py", "return None", "return 1", "check.py: was edited"),
        ("compiled/report.json", "ENFORCED", "DEFINITION", "report.json: was edited"),
        ("compiled/examples.json", "p1", "p2", "examples.json: was edited"),
        ("compiled/lock.json", '"c2"', '"c3"', "clause `c3` is not enforced"),
        ("compiled/lock.json", "cost table", "cost tables", "does not stand in the request"),
        ("compiled/lock.json", '"format": 1', '"format": 2', "not a lock of format 1"),
        ("compiled/lock.json", "{", "[", "not valid JSON"),
        ("compiled/lock.json", '"reasoner"', '"raisoner"', "does not have the expected form"),
    ],
)
def test_what_was_changed_after_the_compile_is_refused(folder: Path, file: str, old: str, new: str, said: str) -> None:
    write_draft(folder, draft_of(folder))
    edit(folder / file, old, new)
    with pytest.raises(PolicyError, match="run `guardagent compile`") as caught:
        load_policy(folder, ScriptedRunner())
    assert said in str(caught.value)


def test_missing_compiled_files_are_refused(folder: Path) -> None:
    with pytest.raises(PolicyError, match="not compiled yet; run `guardagent compile`"):
        load_policy(folder, ScriptedRunner())
    write_draft(folder, draft_of(folder))
    (folder / "compiled" / "check.py").unlink()
    with pytest.raises(PolicyError, match="no such file"):
        load_policy(folder, ScriptedRunner())


def test_a_program_for_another_toolbox_is_refused(folder: Path) -> None:
    write_draft(folder, draft_of(folder))
    with pytest.raises(PolicyError, match="compiled for toolbox 1, this is toolbox 2"):
        load_policy(folder, ScriptedRunner(), toolbox_version="2")


def test_the_source_is_inspected_again(folder: Path) -> None:
    write_draft(folder, draft_of(folder))

    class Stricter(ScriptedRunner):
        def inspect(self, source: str, *, tenant: str = ""):  # type: ignore[no-untyped-def]
            return super().inspect(f"import {source}")

    class Other(ScriptedRunner):
        def inspect(self, source: str, *, tenant: str = ""):  # type: ignore[no-untyped-def]
            return super().inspect(source + "\n")

    with pytest.raises(PolicyError, match=r"its program is rejected \(line 1: no imports\)"):
        load_policy(folder, Stricter())
    with pytest.raises(PolicyError, match="reads differently"):
        load_policy(folder, Other())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "NOT_TRANSLATABLE"}, "clause `c2` is NOT_TRANSLATABLE: too vague"),
        ({"status": "UNTESTED"}, "clause `c2` is UNTESTED"),
        ({"problem": "expected deny, got allow"}, "example `nurse` fails"),
        ({"source": ""}, "has no function"),
        ({"source": "def clause_c1(event, facts):\n    return None\n"}, "clause `c2` has no function"),
    ],
)
def test_a_draft_that_is_not_vouched_for_is_no_policy(folder: Path, changes: dict[str, str], said: str) -> None:
    draft = draft_of(folder, **changes)
    with pytest.raises(PolicyError, match=said):
        policy_of(draft)
    write_draft(folder, draft)
    with pytest.raises(PolicyError, match=said):
        load_policy(folder, ScriptedRunner())


def test_a_waived_clause_is_published_with_its_waiver(folder: Path) -> None:
    waiver = Waiver(clause="c2", reason="the warehouse does it")
    policy: Policy = policy_of(draft_of(folder, status="NOT_TRANSLATABLE"), waivers=[waiver])
    assert policy.waivers == (waiver,)


def test_a_rule_that_the_report_is_silent_about_is_not_published(folder: Path) -> None:
    draft = draft_of(folder)
    silent = draft.report.model_copy(update={"clauses": draft.report.clauses[:1]})
    with pytest.raises(PolicyError, match="clause `c2` is not enforced"):
        policy_of(draft.model_copy(update={"report": silent}))
