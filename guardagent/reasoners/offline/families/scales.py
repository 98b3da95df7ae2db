"""Moves along an ordered scale."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Compare, Condition
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.deeds import forbid as forbid
from guardagent.reasoners.offline.families.frames import only_when as only_when
from guardagent.reasoners.offline.families.subjects import subject_only_when as subject_only_when
from guardagent.reasoners.offline.meanings import Meaning, Note
from guardagent.reasoners.offline.ranks import Rank, Scale


def noted(_context: Context, *_words: Any) -> bool:
    return True


def note(_context: Context, *_words: Any) -> Meaning:
    return Note()


def above(_context: Context, scale: Scale) -> Condition:
    """What is asked for is higher than what is; so is what is not on the scale, and anything than that."""
    top = len(scale.values)
    return Compare(Rank(scale.wanted, scale.values, top), ">", Rank(scale.current, scale.values, -1))


def below(_context: Context, scale: Scale) -> Condition:
    top = len(scale.values)
    return Compare(Rank(scale.wanted, scale.values, -1), "<", Rank(scale.current, scale.values, top))
