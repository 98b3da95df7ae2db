"""What a call does, said in prose."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Any_, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.subjects import only_who as only_who
from guardagent.reasoners.offline.families.subjects import subject_only_when as subject_only_when
from guardagent.reasoners.offline.meanings import Meaning, Note


def nothing(_context: Context, *_words: Any) -> bool:
    return True


def note(_context: Context, *_words: Any) -> Meaning:
    return Note()


def forbid(_context: Context, *parts: Condition | None) -> Condition:
    return both(*(part for part in parts if part is not None))


def neither(_context: Context, subject: Condition, one: Condition, other: Condition) -> Condition:
    return both(subject, Any_((one, other)))
