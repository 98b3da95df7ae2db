"""Python programs as plain data: imports, calls, writes, texts and functions."""

from __future__ import annotations

import time
from typing import Any

import pytest

from guardagent_toolbox.tools.source import read_python

PROGRAM = '''"""A module."""
import os as o, subprocess
from a.b import c as d
from . import z


class K(o.PathLike):
    def m(self, x: int) -> int:
        """Gives x."""
        self.x = x
        self.y[3] = 4
        try:
            return run(-1.5, ["ls", x, {"k": None}], check=True, **z)
        except (ValueError, o.error):
            pass


@d.cached(1)
async def f(a, *, b=1):
    global n
    del a.b  # os.remove("x")
    return f"{a} and"
'''


def read(code: str) -> dict[str, Any]:
    found = read_python(code)
    assert found is not None
    return found


def test_how_a_program_is_built() -> None:
    found = read(PROGRAM)
    assert [(i["module"], i["name"], i["alias"]) for i in found["imports"]] == [
        ("os", None, "o"), ("subprocess", None, None), ("a.b", "c", "d"), (".", "z", None),
    ]  # fmt: skip
    (cached, ran) = sorted(found["calls"], key=lambda call: call["name"])
    assert ran == {
        "name": "run", "arguments": [-1.5, ["ls", None, {"k": None}]],
        "keywords": {"check": True, "**": None}, "line": 13,
    }  # fmt: skip
    assert cached["name"] == "a.b.c.cached"
    assert [write["name"] for write in found["writes"]] == ["self.x", "self.y", "a.b"]
    assert [text["text"] for text in found["texts"]] == ["ls", "k", " and"]
    assert found["docstring"] is True
    assert found["globals"] == ["n"]
    assert found["handlers"] == [{"types": ["ValueError", "os.error"], "silent": True, "line": 14}]
    assert found["classes"] == [{"name": "K", "line": 7, "bases": ["os.PathLike"], "docstring": False}]
    first, second = found["functions"]
    assert (first["name"], first["parameters"], first["docstring"], first["annotated"]) == (
        "m",
        ["self", "x"],
        True,
        True,
    )
    assert (second["decorators"], second["async"], second["annotated"]) == (["a.b.c.cached"], True, False)
    assert second["lines"] == 4


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import os\nos.system('x')", "os.system"),
        ("import os.path as p\np.join()", "os.path.join"),
        ("from os import system\nsystem('x')", "os.system"),
        ("from . import run\nrun()", "run"),
        ("getattr(os, 'system')('x')", "os.system"),
        ("__import__('os').system('x')", "os.system"),
        ("import importlib\nimportlib.import_module('os').system('x')", "os.system"),
        ("getattr(os, name)('x')", "?"),
        ("x[0].run()", "x.run"),
        ("(lambda: 1)()", "?"),
        ("f()()", "?"),
    ],
)
def test_calls_are_led_back_to_their_names(code: str, name: str) -> None:
    assert name in [call["name"] for call in read(code)["calls"]]


def test_computed_imports_are_imports_too() -> None:
    found = read("__import__('socket')\nfrom importlib import import_module\nimport_module(x)")["imports"]
    assert [i["module"] for i in found] == ["socket", "importlib", "?"]


@pytest.mark.parametrize("code", ["def (", "x = '", None, 5, "f(1);" * 3_000, "x" * 20_000, "a" + ".b" * 7_000])
def test_what_cannot_be_read_is_none(code: Any) -> None:
    start = time.process_time()
    assert read_python(code) is None
    assert time.process_time() - start < 0.2


def test_numbers_that_json_cannot_hold_are_not_given() -> None:
    assert read(f"f(1e999, {10**30}, b'x', 1j, ...)")["calls"][0]["arguments"] == [None] * 5
