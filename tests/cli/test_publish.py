"""publish: what may be put in force, what is recorded of it, and what stays when it may not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.test_policy_commands import ALLOWED, DENIED, edit
from tests.support.cli import guardagent


def rewrite(folder: Path, other: Path) -> None:
    """The author goes on to another version of the policy; what is published stays."""
    shutil.copytree(other, folder, dirs_exist_ok=True)


def lock_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "compiled" / "lock.json").read_text())
    return found


def test_published_policy_is_a_folder_of_its_own_that_decides_the_same(policy: Path) -> None:
    ended = guardagent("publish", policy, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["waivers"] == []
    for event, code in ((ALLOWED, 0), (DENIED, 1)):
        one = guardagent("check", policy, "--event", "-", "--json", stdin=event)
        two = guardagent("check", policy / "published", "--event", "-", "--json", stdin=event)
        assert one.code == two.code == code
        assert one.json["policies"] == two.json["policies"]
        assert one.json["policies"][0]["revision"] == ended.json["revision"]


def test_unenforced_sentence_stops_publishing_and_what_was_in_force_stays(
    policy: Path, with_a_vague_rule: Path
) -> None:
    assert guardagent("publish", policy).code == 0
    before = (policy / "published" / "compiled" / "lock.json").read_text()
    rewrite(policy, with_a_vague_rule)
    refused = guardagent("publish", policy)
    assert refused.code == 2
    assert "clause `c4` is NOT_TRANSLATABLE" in refused.error_line
    assert (policy / "published" / "compiled" / "lock.json").read_text() == before
    assert guardagent("check", policy / "published", "--event", "-", stdin=ALLOWED).code == 0


def test_waiver_is_recorded_and_printed_with_every_decision(policy: Path, with_a_vague_rule: Path) -> None:
    rewrite(policy, with_a_vague_rule)
    ended = guardagent("publish", policy, "--waive", "c4", "a person reads every mail")
    assert ended.code == 0
    assert "c4 is not enforced: a person reads every mail" in ended.out
    for folder in (policy, policy / "published"):
        assert lock_of(folder)["waivers"] == [{"clause": "c4", "reason": "a person reads every mail"}]
        shown = guardagent("check", folder, "--event", "-", stdin=ALLOWED)
        assert shown.code == 0
        assert "c4 is not enforced: a person reads every mail" in shown.out


def test_waiver_of_an_enforced_or_unknown_clause_is_refused(policy: Path) -> None:
    for clause in ("c1", "c77"):
        refused = guardagent("publish", policy, "--waive", clause, "no reason at all")
        assert refused.code == 2
        assert f"clause `{clause}` needs no waiver" in refused.error_line


def test_waiver_needs_a_reason(policy: Path) -> None:
    refused = guardagent("publish", policy, "--waive", "c1", "  ")
    assert refused.code == 2
    assert "say why" in refused.err


def test_compiling_again_forgets_waivers_because_ids_may_have_moved(policy: Path, with_a_vague_rule: Path) -> None:
    rewrite(policy, with_a_vague_rule)
    guardagent("publish", policy, "--waive", "c4", "a person reads every mail")
    guardagent("compile", policy)
    assert lock_of(policy)["waivers"] == []
    assert guardagent("check", policy, "--event", "-", stdin=ALLOWED).code == 2


def test_stale_draft_is_not_published(policy: Path) -> None:
    edit(policy / "request.md", "Nobody", "No person")
    refused = guardagent("publish", policy)
    assert refused.code == 2
    assert "changed after the last compile" in refused.error_line


def test_publishing_is_what_the_memory_learns_from(policy: Path) -> None:
    name = guardagent("publish", policy, "--json").json["learned"]
    origins = {one["id"]: one["origin"] for one in guardagent("memory", "list", "--json").json}
    assert origins[name] == "learned"
    assert guardagent("publish", policy, "--no-learn", "--json").json["learned"] == ""
