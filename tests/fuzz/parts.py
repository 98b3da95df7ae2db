"""The properties that need no worker, each with what makes its material."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tests.fuzz.choosing import Maker
from tests.fuzz.event_oracle import check_event_text, check_spellings
from tests.fuzz.json_texts import event_text, spelled_twice
from tests.fuzz.programs import event
from tests.fuzz.properties import a_hostile_program, a_program, a_python_program, check_meaning, check_program
from tests.fuzz.reply_oracle import check_inspection, check_line
from tests.fuzz.reply_texts import inspection, line


class Part(NamedTuple):
    """A property and what makes its material."""

    name: str
    makers: tuple[Maker[Any], ...]
    check: Callable[..., None]


IN_PROCESS: Final = (
    Part("programs", (a_program, event), check_program),
    Part("hostile programs", (a_hostile_program, event), check_program),
    Part("meaning", (a_python_program, event), check_meaning),
    Part("event texts", (event_text,), check_event_text),
    Part("event spellings", (spelled_twice,), check_spellings),
    Part("replies", (line,), check_line),
    Part("inspections", (inspection,), check_inspection),
)
