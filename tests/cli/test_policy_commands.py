"""init, compile, test, check: from an empty folder to a verdict, with the exit codes that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import guardagent


def event(role: str = "agent", tool: str = "refund", **arguments: Any) -> str:
    return json.dumps(
        {
            "agent": "support-bot",
            "stage": "tool_call",
            "user": {"role": role},
            "tool": {"name": tool, "arguments": arguments},
        }
    )


ALLOWED = event(amount=20)
DENIED = event(amount=250)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_init_makes_a_folder_that_compiles_and_passes(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mine"
    made = guardagent("init", folder)
    assert (made.code, made.err) == (0, "")
    assert f"guardagent compile {folder}" in made.out
    compiled = guardagent("compile", folder)
    assert compiled.code == 0
    assert "3 of 3 rules enforced" in compiled.out
    tested = guardagent("test", folder)
    assert tested.code == 0
    assert "large-refund-by-manager" in tested.out


def test_compile_says_what_became_of_each_sentence(policy: Path) -> None:
    edit(policy / "request.md", "- Nobody", "- Be nice to customers and use good judgement.\n- Nobody")
    ended = guardagent("compile", policy, "--json")
    assert ended.code == 1
    assert not ended.json["publishable"]
    clauses = {clause["clause"]: clause for clause in ended.json["report"]["clauses"]}
    assert clauses["c1"]["status"] == "NOT_TRANSLATABLE"
    assert clauses["c1"]["reason"]
    shown = guardagent("compile", policy)
    assert shown.code == 1
    assert "NOT_TRANSLATABLE" in shown.out
    assert "Not publishable" in shown.out
    refused = guardagent("check", policy, "--event", "-", stdin=ALLOWED)
    assert (refused.code, refused.out) == (2, "")
    assert "clause `c1` is NOT_TRANSLATABLE" in refused.error_line


def test_compile_shows_its_steps_on_standard_error(policy: Path) -> None:
    err = guardagent("compile", policy).err
    assert [line.split()[0] for line in err.splitlines()] == [
        "segment", "retrieve", "plan", "propose", "code", "vet", "report",
    ]  # fmt: skip


def test_a_failing_example_fails_compile_and_test(policy: Path) -> None:
    edit(policy / "examples.yaml", "expect: allow", "expect: deny")
    compiled = guardagent("compile", policy)
    assert compiled.code == 1
    assert "small-refund" in compiled.out
    tested = guardagent("test", policy, "--json")
    assert tested.code == 1
    wrong = [example["id"] for example in tested.json["examples"] if example["problem"]]
    assert wrong == ["small-refund", "large-refund-by-manager", "reply-without-an-amount"]


def test_check_says_the_verdict_with_the_sentence_and_the_evidence(policy: Path, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(DENIED)
    ended = guardagent("check", policy, "--event", path)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith("DENIED\n")
    assert "The amount may not exceed 100 unless the role is manager." in ended.out
    assert "evidence: /tool/arguments/amount, /user/role" in ended.out
    assert "refunds@" in ended.out
    assert "0 model calls" in ended.out
    allowed = guardagent("check", policy, "--event", "-", stdin=ALLOWED)
    assert (allowed.code, allowed.err) == (0, "")
    assert allowed.out.startswith("ALLOWED\n")


def test_check_prints_the_decision_as_json(policy: Path) -> None:
    decision = guardagent("check", policy, "--event", "-", "--json", stdin=DENIED).json
    assert (decision["effect"], decision["failed"]) == ("deny", False)
    violated = [finding for finding in decision["findings"] if finding["outcome"] == "violation"]
    assert [(finding["clause"], finding["policy"]) for finding in violated] == [("c3", "refunds")]


def test_check_judges_a_line_at_a_time_and_ends_with_the_worst(policy: Path) -> None:
    ended = guardagent("check", policy, "--event", "-", "--jsonl", "--json", stdin=f"{ALLOWED}\n\n{DENIED}\n")
    assert ended.code == 1
    assert [json.loads(line)["effect"] for line in ended.out.splitlines()] == ["allow", "deny"]
    broken = guardagent("check", policy, "--event", "-", "--jsonl", stdin=f"{ALLOWED}\n{{\n{DENIED}\n")
    assert broken.code == 3


def test_check_asks_several_policies(policy: Path, tmp_path: Path) -> None:
    other = tmp_path / "closing"
    guardagent("init", other)
    edit(other / "request.md", "- The amount may not exceed 100", "- The amount may not exceed 10")
    edit(other / "examples.yaml", "{amount: 100,", "{amount: 10,")
    edit(other / "examples.yaml", "{amount: 100.01,", "{amount: 10.5,")
    assert guardagent("compile", other).code == 0
    ended = guardagent("check", policy, other, "--event", "-", "--json", stdin=ALLOWED)
    assert ended.code == 1
    assert [use["name"] for use in ended.json["policies"]] == ["refunds", "closing"]
    twice = guardagent("check", policy, policy, "--event", "-", stdin=ALLOWED)
    assert twice.code == 2
    assert "given twice" in twice.error_line


def test_shadow_lists_the_violation_and_allows(policy: Path) -> None:
    edit(policy / "request.md", "mode: enforce", "mode: shadow")
    ended = guardagent("check", policy, "--event", "-", stdin=DENIED)
    assert ended.code == 0
    assert "The amount may not exceed 100" in ended.out
    assert "(shadow)" in ended.out


BROKEN = {
    "{": "not valid JSON",
    "7": "must be a JSON object",
    event().replace('"role"', '"rolle"'): "`/user`: `role` is missing",
    event(role="boss"): '`/user/role`: must be one of `"agent"`, `"manager"`',
    event(amount="250"): "`/tool/arguments/amount`: must be of type number",
    event().replace("support-bot", "someone"): "no policy applies",
    event(ticket="x" * 70_000): "at most 65536 are read",
}


def test_an_event_that_cannot_be_judged_is_a_failed_denial(policy: Path) -> None:
    ended = guardagent("check", policy, "--event", "-", "--jsonl", stdin="\n".join(BROKEN))
    assert (ended.code, ended.err) == (3, "")
    verdicts = [line for line in ended.out.splitlines() if not line.startswith(" ")]
    for verdict, said in zip(verdicts, BROKEN.values(), strict=True):
        assert verdict.startswith("DENIED: the guard failed (")
        assert said in verdict


@pytest.mark.parametrize("given", ["", b"\xff", "\n"])
def test_no_readable_event_at_all_is_a_failed_denial(policy: Path, given: str | bytes) -> None:
    ended = guardagent("check", policy, "--event", "-", stdin=given)
    assert ended.code == 3
    assert ended.out.startswith("DENIED: the guard failed (invalid_event): event: not valid JSON")


def test_foreign_text_cannot_steer_the_terminal(policy: Path) -> None:
    check = policy / "request.md"
    edit(check, "delete_ticket.", "delete_ticket\x1b[2J.")
    out = guardagent("compile", policy).out
    assert "\x1b" not in out
