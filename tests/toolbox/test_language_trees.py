"""The walk over syntax trees sees what `ast.walk` sees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from guardagent_toolbox.language.trees import children, walk

CONTEXTS = (ast.Load, ast.Store, ast.Del)
ODD = """
async def f(a, /, b: int = 1, *c, d=2, **e) -> str:
    global g
    async with x as y, z: await w
    async for i in j: yield
    try: raise E from None
    except* (A, B) as error: del u[1:2:3], v.w
    else: assert p, q
    finally: nonlocal_ = lambda *, k=1: (yield from k)
    match m:
        case {"a": [1, *rest], **others} | P(x=None): pass
    return f"{a!r:>{width}}" if {**b, 1: 2} else [*c] < 3 is not ...
class C(D, metaclass=M, **n):
    from . import (s as t,)
    x: int
    y = z = {o for o in p if q if r}; x += 1
"""
SOURCES = {"odd": ODD} | {path.stem: path.read_text("utf-8") for path in Path(__file__).parent.glob("test_lang*.py")}


@pytest.mark.parametrize("name", SOURCES)
def test_all_nodes_are_seen_in_the_same_order(name: str) -> None:
    tree = ast.parse(SOURCES[name])
    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, CONTEXTS)]
    for node in ast.walk(tree):
        assert children(node) == [one for one in ast.iter_child_nodes(node) if not isinstance(one, CONTEXTS)]


def test_node_without_a_field_is_walked() -> None:
    assert [type(node) for node in walk(ast.Return())] == [ast.Return]
