"""Made-up logs and records in the layouts of the two public benchmarks, and where the real ones may be."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

DIVIDER = "\n" + "-" * 58 + "\n"
ROOT = Path(__file__).resolve().parents[2]

EXAMPLES = """Assume you have knowledge of several tables.
Question: how many planets are there?
Knowledge:
- Planets stand in the planet table.
Solution:
 planet_db = LoadDB('planet')
answer = len(planet_db)
"""


def cell(code: str) -> str:
    """A turn of the agent that calls the interpreter."""
    return '{\n"cell": ' + json.dumps(code) + "\n}"


def ehr_log(
    *turns: str,
    question: str = "what is the ward of patient 7?",
    knowledge: str = "- Wards stand in the patient table.",
    truth: str | None = "w3",
    examples: str = EXAMPLES,
) -> str:
    """A log in EHRAgent's layout."""
    own = f"(END OF EXAMPLES)\nKnowledge:\n{knowledge}\nQuestion: {question}\nSolution: "
    sections = [question, f"['{truth}']", f"{examples}\n{own}", *turns]
    if truth is not None:
        sections.append(f"Ground-Truth Answer ---> {truth}")
    return DIVIDER.join(sections)


def eicu_row(name: str, identity: str, *, missing: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    """A row in the layout of EICU-AC."""
    return {
        "id": name,
        "identity": identity,
        "question": "what is the ward of patient 7?",
        "q_tag": "what is the ward of {patient_id}?",
        "answer": ["w3"],
        "label": int(bool(missing)),
        "inaccessible_db": missing,
        "access_gt": {"patient": ["wardid"]},
    } | more


def web_row(name: str, task: str, *, violation: str = "", user: dict[str, Any] | None = None) -> dict[str, Any]:
    """A row in the layout of Mind2Web-SC."""
    profile = {"age": 30, "domestic": True, "dr_license": True, "vaccine": True, "membership": True}
    return {
        "annotation_id": name,
        "confirmed_task": task,
        "website": "shop.example",
        "domain": "Shopping",
        "subdomain": "General",
        "user_info": profile | (user or {}),
        "label": int(bool(violation)),
        "violation": violation,
        "gpt_output": ["The next step is the button.", "ELEMENT: B\n\nACTION: CLICK\n\nVALUE: None"],
    }


def write_eicu(folder: Path, rows: Sequence[dict[str, Any]], logs: dict[str, str]) -> Path:
    """The folder, with rows and logs in the official layout."""
    inner = folder / "ehragent"
    (inner / "logs").mkdir(parents=True)
    (inner / "eicu_ac.json").write_text(json.dumps(list(rows)), "utf-8")
    for name, text in logs.items():
        (inner / "logs" / f"{name}.txt").write_text(text, "utf-8")
    return folder


def write_web(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """The folder, with rows in the official layout."""
    inner = folder / "seeact"
    inner.mkdir(parents=True)
    (inner / "sample_labeled_all.json").write_text(json.dumps(list(rows)), "utf-8")
    return folder


def real_data(name: str) -> Path:
    """The folder of a real data set; skips the test where there is none, and fails it where there must be one."""
    base = Path(os.environ.get("GUARDAGENT_DATA") or ROOT.parent / "shared" / "data")
    folder = base / name
    if not folder.is_dir():
        reason = f"no benchmark data `{name}` here: set GUARDAGENT_DATA to the folder that holds it"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
