"""Events that are malformed or oddly spelled, against every shipped policy: denied or failed, never a silent pass."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from guardagent.guard import Guard
from guardagent.policyfile import load_request, policy_of
from guardagent.ports import CheckRunner
from guardagent.settings import Settings
from guardagent.types import Draft, GuardRequest
from guardagent.wiring import build_guard
from tests.project.test_shipped_policies import FOLDERS, ROOT

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((ROOT / "tests/cases/malformed_events.yaml").read_text("utf-8"))
SHIPPED = {folder.name: folder for folder in FOLDERS if folder.name != "template"}
# Long events, each read many times over.
POLICIES = [pytest.param(name, marks=pytest.mark.slow) if name == "eicu-ac" else name for name in SHIPPED]
LOOKALIKES = str.maketrans("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SECRET = "patient-0815"


class Mutation(NamedTuple):
    """A violating event, written another way."""

    name: str
    text: str


def spellings(word: str) -> Iterator[tuple[str, str]]:
    """Other ways of writing a word that mean the same to a reader."""
    middle = len(word) // 2
    yield "upper", word.upper()
    yield "lower", word.lower()
    yield "title", word.title()
    yield "swapped", word.swapcase()
    yield "spaces round it", f"  {word}  "
    yield "tab and line break round it", f"\t{word}\n"
    yield "no-break spaces round it", f"\u00a0{word}\u3000"
    yield "wider spaces", word.replace(" ", " \t ")
    yield "full width", word.translate(FULL_WIDTH)
    yield "look-alikes", word.translate(LOOKALIKES)
    for name, invisible in {
        "zero width space": "\u200b", "joiner": "\u200d", "soft hyphen": "\u00ad", "word joiner": "\u2060",
        "byte order mark": "\ufeff", "direction mark": "\u200e", "variation selector": "\ufe0f",
        "grapheme joiner": "\u034f", "hangul filler": "\u3164", "tag letter": "\U000e0061", "note beam": "\U0001d173",
    }.items():  # fmt: skip
        yield f"{name} in it", word[:middle] + invisible + word[middle:]
        yield f"{name} before it", invisible + word


def parent(event: dict[str, Any], pointer: str) -> tuple[Any, Any]:
    node: Any = event
    *path, last = pointer.split("/")[1:]
    for step in path:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node, int(last) if isinstance(node, list) else last


def changed(event: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(event)
    node, key = parent(found, pointer)
    node[key] = value
    return found


def dropped(event: dict[str, Any], pointer: str) -> dict[str, Any]:
    found = copy.deepcopy(event)
    node, key = parent(found, pointer)
    del node[key]
    return found


def required(schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """The pointers of all fields that a schema requires."""
    for name in schema.get("required", ()):
        yield f"{at}/{name}"
        yield from required(schema.get("properties", {}).get(name, {}), f"{at}/{name}")


def mutations(case: dict[str, Any], request: GuardRequest) -> Iterator[Mutation]:
    event = case["event"]
    yield Mutation("as it is", json.dumps(event))
    for pointer, word in case.get("spell", {}).items():
        node, key = parent(event, pointer)
        assert word in node[key]
        for name, spelled in spellings(word):
            yield Mutation(f"{pointer} {name}", json.dumps(changed(event, pointer, node[key].replace(word, spelled))))
    for pointer, values in case.get("set", {}).items():
        for value in values:
            if value not in case.get("allowed", {}).get(pointer, ()):
                yield Mutation(f"{pointer} {value!r}", json.dumps(changed(event, pointer, value)))
    for pointer in (*case.get("drop", ()), *required(request.agent.event_schema)):
        yield Mutation(f"{pointer} missing", json.dumps(dropped(event, pointer)))
    for pointer in required(request.agent.event_schema):
        for value in (None, [], ["x"], 3.5, {"x": 1}, [[]]):
            yield Mutation(f"{pointer} {value!r}", json.dumps(changed(event, pointer, value)))
        for written in ("NaN", "Infinity", "-Infinity", "1e999", "9999999999999999999", "tru", "'x'"):
            marked = json.dumps(changed(event, pointer, "\0here"))
            yield Mutation(f"{pointer} {written}", marked.replace(json.dumps("\0here"), written))


@pytest.fixture(scope="module")
def guard_of(draft_of: Callable[[Path], Draft], offline: Settings, runner: CheckRunner) -> Callable[[str], Guard]:
    """The guard of a shipped policy, by its name."""
    return cache(lambda name: build_guard(offline, [policy_of(draft_of(SHIPPED[name]))], runner))


def test_every_shipped_policy_has_violating_events() -> None:
    assert set(CASES) == set(SHIPPED)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_mutation_of_a_violating_event_passes(policy: str, guard_of: Callable[[str], Guard]) -> None:
    request = load_request(SHIPPED[policy])
    tried = [mutation for case in CASES[policy] for mutation in mutations(case, request)]
    decisions = guard_of(policy).check_many([mutation.text for mutation in tried])
    passed = [mutation.name for mutation, decision in zip(tried, decisions, strict=True) if decision.effect != "deny"]
    assert passed == []


@pytest.mark.parametrize("policy", SHIPPED)
def test_what_the_schema_rules_out_is_named_by_its_pointer_and_not_quoted(
    policy: str, guard_of: Callable[[str], Guard]
) -> None:
    schema = load_request(SHIPPED[policy]).agent.event_schema
    event = CASES[policy][0]["event"]
    for pointer in required(schema):
        if pointer in ("/agent", "/stage"):
            continue
        for value in ([SECRET], [[SECRET]], 3.25):
            decision = guard_of(policy).check(changed(event, pointer, value))
            assert decision.failed
            assert decision.failure is not None
            assert decision.failure.code == "invalid_event"
            assert f"`{pointer}" in decision.failure.message
            assert SECRET not in decision.model_dump_json()
            assert "3.25" not in decision.failure.message
        missing = guard_of(policy).check(dropped(event, pointer)).failure
        assert missing is not None
        above, _, name = pointer.rpartition("/")
        assert f"`{above or '/'}`: `{name}` is missing" in missing.message
