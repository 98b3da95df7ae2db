"""What every tool answers to a fixed set of questions; `python -m tests.toolbox.answers` puts it on record."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from guardagent_toolbox.registry import TOOLBOX_VERSION, catalogue

RECORD = Path(__file__).parents[1] / "cases" / "toolbox" / "answers.json"

SCHEMA = {"lab": ["id", "name", "result"], "patient": ["id", "age"]}
QUESTIONS: tuple[Any, ...] = (
    None, True, 0, 3, 2.5, "", "word", "Two words. And more!", ["a", "word"], {"lab": ["id"]}, SCHEMA,
    {"age": 17, "role": "x"},
    "$1,000.50", "1.234,5 EUR", "(7)", "2 KiB", "1h 30m", "2024-02-29", "3/4/2024", "5 March 2025 at 5 pm",
    "2025-03-05T10:00:00+02:00", "https://good.example:80@Evil.example./x?y#z", "http://0x7f.1/", "*.example",
    "a <b@C.example>",
    "/srv/../etc//passwd", "/srv", "C:\\x\\..\\y", "(?i)WORD", "(a+)+$", "/history/0/tool", "send",
    {"history": [{"tool": "send", "status": "ok"}, {"tool": {"name": "word"}}]},
    [{"actions": ["word"], "needs": {"age": {"at_least": 18}}, "text": "adults"}],
    "select l.result, max(age) from lab l join patient using (id) where name = 'x' group by 1 limit 5; drop table lab",
    "db = LoadDB('lab')\nfor row in FilterDB(db, 'name=x||max(id)'):\n    print(row['result'], SQLInterpreter(q))",
)  # fmt: skip


def answers() -> dict[str, str]:
    """A digest of the answers of each tool that we ship."""
    shipped = {name: spec.function for name, spec in catalogue().items() if spec.origin == "guardagent"}
    return {name: _digest(_answers_of(function)) for name, function in shipped.items()}


def _answers_of(function: Callable[..., object]) -> Iterator[object]:
    parameters = inspect.signature(function).parameters.values()
    required = sum(1 for p in parameters if p.default is inspect.Parameter.empty)
    varied = min(2, required)
    fixed = [{"age": 3, "role": "x"}] * (required - varied)
    for asked in itertools.product(QUESTIONS, repeat=varied):
        yield function(*asked, *fixed)


def _digest(values: Iterator[object]) -> str:
    text = json.dumps(list(values), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    RECORD.write_text(json.dumps({"version": TOOLBOX_VERSION, "answers": answers()}, indent=2) + "\n", "utf-8")
