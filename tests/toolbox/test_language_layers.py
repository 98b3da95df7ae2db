"""Each layer on its own: what is left when the one in front of it is taken away."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import yaml

from guardagent_toolbox.registry import functions
from guardagent_toolbox.runtime.answers import Reply
from guardagent_toolbox.runtime.budget import Budget, GuardError
from guardagent_toolbox.runtime.guards import globals_of
from guardagent_toolbox.runtime.ownership import Ownership
from guardagent_toolbox.runtime.restrict import GuardTransformer, compile_restricted
from guardagent_toolbox.vocabulary import FILENAME
from tests.toolbox.runner_contract import clause

TABLE = Path(__file__).parent.parent / "cases" / "language" / "rejected.yaml"
GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text("utf-8"))
REACHING = {
    f"{group}: {case['name']}": case
    for group in ("imports and builtins", "attributes", "formats", "hooks and names", "iteration")
    for case in GROUPS[group]
}
PLAIN = (type(None), bool, int, float, str, list, dict, set, tuple, Reply)


def scope() -> dict[str, Any]:
    return globals_of(functions(), Budget(), Ownership())


def restricted(source: str) -> CodeType | list[tuple[int, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    words = scope()
    return compile_restricted(tree, {*words, *words["__builtins__"], *stored, *defined} - {"__builtins__"})


@pytest.mark.parametrize("case", REACHING.values(), ids=REACHING)
def test_without_the_allow_list_a_program_still_reaches_nothing(case: dict[str, Any]) -> None:
    code = restricted(case["source"] if "source" in case else clause(case["body"]))
    if not isinstance(code, CodeType):
        assert code
        return
    words = scope()
    try:
        exec(code, words)
        answer = words["clause_c1"]({"user": {}}, {})
    except (GuardError, TypeError, ValueError):
        return
    assert type(answer) in PLAIN
    shown = str(answer.message) if type(answer) is Reply else str(answer)
    assert "object at" not in shown
    assert "class" not in shown


class Lax(GuardTransformer):
    """A transformer that forgot its rules, as one with a bug would."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return self.node_contents_visit(node)

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        return None


LEFT_OVER = {
    "attribute": "x = event.keys\nreturn None",
    "method": "x = event.keys()\nreturn None",
    "dunder": "x = ().__class__.__bases__\nreturn None",
    "set attribute": "event.x = 1\nreturn None",
    "operator": "x = 'a' * 3\nx = x + x\nreturn None",
    "subscript": "x = event['a']\nreturn None",
    "import": "import os\nreturn None",
    "import of a name": "from os import path\nreturn None",
    "global": "global x\nx = 1\nreturn None",
    "delete": "x = 1\ndel x\nreturn None",
    "class": "class A:\n    pass\nreturn None",
    "yield": "yield 1",
    "raise": "raise event",
    "except": "try:\n    pass\nexcept event:\n    pass\nreturn None",
    "with": "with event:\n    pass\nreturn None",
    "star call": "x = violation(*event)\nreturn None",
    "unknown name": "x = open\nreturn None",
    "dunder builtins": "x = __builtins__\nreturn None",
}


@pytest.mark.parametrize("body", LEFT_OVER.values(), ids=LEFT_OVER)
def test_bytecode_is_refused_though_the_rewriting_let_it_pass(body: str) -> None:
    words = scope()
    known = {*words, *words["__builtins__"], "clause_c1"} - {"__builtins__"}
    found = compile_restricted(ast.parse(clause(body)), known, transformer=Lax)
    assert isinstance(found, list)
    assert found


def test_code_is_known_by_its_file_name() -> None:
    code = restricted(clause("return None"))
    assert isinstance(code, CodeType)
    assert code.co_filename == FILENAME
