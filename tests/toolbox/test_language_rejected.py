"""Sources that are no programs: each is refused with its line and a word of advice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from guardagent_toolbox.compiler import Compiled, compile_source
from guardagent_toolbox.registry import functions
from guardagent_toolbox.vocabulary import MAX_SOURCE_BYTES
from tests.toolbox.runner_contract import clause

TABLE = Path(__file__).parent.parent / "cases" / "language" / "rejected.yaml"
GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text("utf-8"))
CASES = {f"{group}: {case['name']}": case for group, cases in GROUPS.items() for case in cases}
TOOLS = functions()


def errors_of(source: str) -> list[tuple[int, str]]:
    result = compile_source(source, TOOLS)
    assert not isinstance(result, Compiled), "accepted"
    return result


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_source_is_refused_with_line_and_advice(case: dict[str, Any]) -> None:
    source = case["source"] if "source" in case else clause(case["body"])
    errors = errors_of(source)
    assert any(case["says"] in message for line, message in errors if line == case["line"]), errors
    assert errors[0][0] == case["line"]
    assert not any("\n" in message for _, message in errors)


BOMBS = {
    "unary chain": clause("x = " + "-" * 40_000 + "1"),
    "not chain": clause("x = " + "not " * 10_000 + "1"),
    "brackets": clause("x = " + "(" * 20_000 + ")" * 20_000),
    "lists": clause("x = " + "[" * 90 + "]" * 90),
    "dicts": "X = " + "{1:" * 99 + "1" + "}" * 99 + "\n",
    "sum chain": clause("x = " + "1+" * 15_000 + "1"),
    "short sum chain": clause("x = " + "1+" * 900 + "1"),
    "attribute chain": clause("x = event" + ".a" * 5_000),
    "call chain": clause("x = event" + ".copy()" * 5_000),
    "subscript chain": clause("x = event" + "[0]" * 9_000),
    "elif chain": clause("if event:\n    pass\n" + "elif event:\n    pass\n" * 1_000),
    "else-if ladder": clause("x = " + "1 if event else " * 1_500 + "2"),
    "nested blocks": clause("\n".join(" " * n + "if event:" for n in range(90)) + "\n" + " " * 90 + "pass"),
    "f-string of unary": clause("x = f'{" + "-" * 40_000 + "1}'"),
    "f-string of brackets": clause("x = f'{" + "(" * 20_000 + "1" + ")" * 20_000 + "}'"),
    "lambda chain": clause("x = " + "lambda: " * 5_000 + "1"),
    "many functions": "".join(f"def f{n}():\n    return {n}\n" for n in range(1_500)) + clause("return None"),
    "many statements": clause("x = 1\n" * 4_000),
    "long table": "X = [" + "1," * 21_000 + "]\n" + clause("return None"),
    "one megabyte": clause(f"x = '{'a' * 1_000_000}'"),
    "one long text": clause(f"x = '{'a' * 3_000}'"),
    "wide characters": "#" + "é" * (MAX_SOURCE_BYTES // 2) + "\n" + clause("return None"),
    "escaped quotes": "'" + "\\'" * 20_000,
    "escaped quotes in an f-string": clause('x = f"' + "\\'" * 20_000 + '"'),
    "triple quotes": "'''" * 15_001,
    "decorators": "@a\n" * 9_000 + clause("return None"),
    "comparisons": clause("x = " + "1<" * 9_000 + "1"),
    "names": clause("\n".join(f"a{n} = b{n}" for n in range(1_000))),
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_compile_bomb_is_refused(source: str) -> None:
    assert errors_of(source)


def test_errors_are_few_however_many_there_are() -> None:
    assert len(errors_of(BOMBS["names"])) <= 20


def test_errors_stand_in_the_order_of_the_lines() -> None:
    lines = [line for line, _ in errors_of(clause("a = b\nimport os\nx = open(1)\nreturn True"))]
    assert lines == sorted(lines)
    assert len(lines) == 4


def test_there_is_a_broad_sample() -> None:
    assert len(CASES) + len(BOMBS) >= 60
