"""The access check that everything here runs, and events for it, no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any, Literal, NamedTuple

from guardagent.ports import RunCase
from guardagent.types.base import canonical_json

Verdict = Literal["allow", "deny", "failed"]
"""`failed` is an answer that does not come from the rules: a deadline, a crash."""

Tables = dict[str, list[str]]

ALLOWED: dict[str, Tables] = {
    "nurse": {"lab": ["patientunitstayid", "labname", "labresult"], "medication": ["drugname", "dosage"]},
    "doctor": {"lab": ["labname", "labresult"], "diagnosis": ["diagnosisname", "icd9code"]},
}

CHECK = (
    f"ALLOWED = {ALLOWED!r}\n"
    '''

def clause_c1(event, facts):
    """Each role reads only its own tables and columns."""
    allowed = ALLOWED.get(event["user"]["role"])
    if allowed is None:
        return violation("an unknown role", evidence=["/user/role"])
    missing = []
    for table, columns in sorted(event["tool"]["arguments"]["tables"].items()):
        for column in columns:
            if column not in allowed.get(table, []):
                missing.append(f"{table}.{column}")
    if missing:
        return violation("needs data this role may not read", details=missing, evidence=["/user/role"])
    return None
'''
)


class Case(NamedTuple):
    """One event in the forms that are taken, made before any clock runs."""

    event: dict[str, Any]
    ready: RunCase
    verdict: Verdict


# Role, tables, and what the check must say; every peer has to agree before anything is measured.
WANTED: tuple[tuple[str, Tables, Verdict], ...] = (
    ("nurse", {"lab": ["labname"]}, "allow"),
    ("nurse", {"lab": ["labname", "labresult"], "medication": ["drugname"]}, "allow"),
    ("doctor", {"diagnosis": ["diagnosisname", "icd9code"], "lab": ["labname"]}, "allow"),
    ("nurse", {}, "allow"),
    ("nurse", {"diagnosis": []}, "allow"),
    ("nurse", {"diagnosis": ["diagnosisname"]}, "deny"),
    ("nurse", {"lab": ["labname", "ssn"]}, "deny"),
    ("doctor", {"lab": ["patientunitstayid"]}, "deny"),
    ("doctor", {"lab": ["labname"], "medication": ["drugname", "dosage"]}, "deny"),
    ("doctor", {"lab": ["Labname"]}, "deny"),
    ("visitor", {"lab": ["labname"]}, "deny"),
    ("visitor", {}, "deny"),
    ("", {"lab": ["labname"]}, "deny"),
)


def wanted_cases() -> list[Case]:
    """The table of decisions that are known."""
    return [make_case(role, tables, verdict, number) for number, (role, tables, verdict) in enumerate(WANTED)]


def endless_cases(random: Random, *, violating: float) -> Iterator[Case]:
    """Cases without end, each with a patient, a task and a choice of columns of its own; so many of them violate."""
    for number in count(10_000):
        role = random.choice(list(ALLOWED))
        own = ALLOWED[role]
        tables = {table: random.sample(columns, random.randint(1, len(columns))) for table, columns in own.items()}
        if random.random() >= violating:
            yield make_case(role, tables, "allow", number)
        elif random.random() < 0.1:
            yield make_case("visitor", tables, "deny", number)
        else:
            table = random.choice(list(tables))
            tables[table].append(f"private{number}")
            yield make_case(role, tables, "deny", number)


def make_case(role: str, tables: Tables, verdict: Verdict, number: int) -> Case:
    """A case about patient `number`."""
    event = {
        "agent": "ehr",
        "stage": "tool_call",
        "user": {"name": f"A. Person {number % 97}", "role": role},
        "input": {"task": f"which drugs were given to patient {number}, and which lab values were measured today?"},
        "tool": {"name": "query", "arguments": {"tables": tables, "patient": number}},
    }
    return Case(event, RunCase(canonical_json(event)), verdict)


__all__ = ["ALLOWED", "CHECK", "Case", "Tables", "Verdict", "endless_cases", "make_case", "wanted_cases"]
