"""What a worker may send: honest replies, and what one that was taken over makes of them."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NamedTuple

from tests.fuzz.choosing import Choose, chance
from tests.fuzz.hostile import damaged
from tests.fuzz.json_texts import PIECES, spelled
from tests.fuzz.programs import json_value

CLAUSES: Final = ("c1", "c2")

# The number of the first event of a run: easily found in any text, so that a worker can put its own in its place.
FIRST: Final = 9_100_000_050

_CODES: Final = ("program_error", "bad_answer", "budget", "memory", "rejected_program", "invalid_event")
_POINTERS: Final = ("", "/a", "/user/role", "/l/0", "/é~1")
_TEXTS: Final = ("no", "m" * 500, "Größe 😀", "line\nbreak", '"[1,[]]"', "")


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


# What might be believed in some place where it does not belong.
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 1.0, 1.5, -0.0, 10**40, 2**63, math.nan, math.inf, -math.inf, "", "c1", "c2", "c9",
    "clause_c1", "pass", "allow", "violation", "not_applicable", "error", "deny", "escalate", "redact", "timeout",
    "quarantined", "escape_attempt", "unavailable", "budget", "/a", "a", "\ud800", "\udc00x", "x" * 1_001, "\x00",
    [], {}, [[]], [None], ["c1"], [True], {"decision": "allow"}, {"c1": "pass"}, {"a": {"\udfff": 1}}, [math.nan],
    ["/a"], ["a"], [["/a", 0, None]], [["/a", 0, 1, 2]], [["/a", True, 1]], [["/a", -1, 1]], [["/a", 1.0, 2]],
    ["c1", "pass", "deny", "", None, [], []], ["c1", "not_applicable", "deny", "", None, [], []],
    ["c1", "error", "timeout", "m"], _nested(31), _nested(40), _nested(200),
)  # fmt: skip

# Nearly `[number,[]]`, which says that every clause passed.
LOOKALIKES: Final = (
    "[N,[]]", "[N, []]", "[N,[ ]]", " [N,[]]", "[N,[]] ", "[N,[]]\t", "[N,[]]\r", "[N,[]],", "[N,[]];", "[N,[]]x",
    "[N,[]]\x00", "\ufeff[N,[]]", "[N,[]]]", "[[N,[]]]", "[N,[]", "N,[]]", "[N,[],]", "[,N,[]]", "[N,,[]]", "[N,[],[]]",
    "[N,[],[],[]]", "[N,[[]]]", "[N,[null]]", "[N,{}]", "[N,null]", "[N,true]", "[N,0]", '[N,""]', '[N,"[]"]', "[N]",
    "[]", "[[],N]", "[N.0,[]]", "[Ne0,[]]", "[0N,[]]", "[+N,[]]", "[-N,[]]", "[N0,[]]", "[1N,[]]", '["N",[]]', "N",
    "[true,[]]", "[null,[]]", "[[N],[]]", '{"N":[]}', "{N:[]}", "(N,[])", "[N,()]", "[N,[]][N,[]]", "[N,[]] [N,[]]",
    "[N,[],\"\"]", '[N,"pass",""]', '[N,"allow","m"]', '[N,"memory"]', '[N,"memory",null]', '[N,"memory","m","m"]',
    '[N,"timeout","m"]', '[N,["memory","m"]]', "[N,NaN]", "[N,Infinity]", "[N,[],\n[]]", "[N/**/,[]]", "null", "0", "",
    " ", "[", "[N,", "[N,[", "allow", "pass", "[\u0661,[]]", "[N,\u3000[]]", "[N,\\u005b]]",
    "[N,M,[]]", "[N,M,[]]", "[N,M,[]]", "[M,N,[]]", "[N,N,[]]", "[N,M, []]", " [N,M,[]]", "[N,M,[],[]]", "[N,M,[[]]]",
    "[N,M,{}]", "[N,M]", '[N,M,""]', "[N,M.0,[]]", "[N,1M,[]]", "[N,-M,[]]", "[N,0M,[]]", "[N,true,[]]", "[[N,M],[]]",
    "[N,M,[]]\r", "[N,M,[[\"c1\",\"not_applicable\",\"deny\",\"\",null,[],[]]]]", "[N,99999999999999999999,[]]",
    "[N," + "[" * 900 + "]" * 900 + "]", "[N," + "[" * 50_000 + "]" * 50_000 + "]", "[N," + "9" * 5_000 + "]",
)  # fmt: skip


class Line(NamedTuple):
    """One answer on the wire, to the message of that number."""

    text: bytes
    number: int
    events: int
    """How many events from that number on may still be answered."""
    is_honest: bool


def rows(choose: Choose) -> list[Any]:
    """The rows of an honest worker."""
    return [_row(choose, clause) for clause in CLAUSES if chance(choose, 2)]


def _row(choose: Choose, clause: str) -> list[Any]:
    kind = choose(("violation", "escalate", "redact", "not_applicable", "error"))
    if kind == "not_applicable":
        return [clause, kind, "deny", "", None, [], []]
    if kind == "error":
        return [clause, kind, choose(_CODES), choose(_TEXTS)]
    places = [choose(_POINTERS) for _ in range(choose(range(3)))]
    if kind == "redact":
        spans = [[choose(_POINTERS), choose((None, 0, 3)), choose((None, 3, 9))] for _ in range(choose((1, 2)))]
        return [clause, "violation", kind, choose(_TEXTS), json_value(choose), places, spans]
    return [clause, "violation", "deny" if kind == kind[:9] else kind, choose(_TEXTS), json_value(choose), places, []]


def honest_line(choose: Choose, number: int) -> bytes:
    """What an honest worker answers to the message."""
    answer: list[Any] = [number, rows(choose)]
    if chance(choose, 8):
        answer = [number, choose(_CODES), choose(_TEXTS)]
    return _compact(answer).encode()


def line(choose: Choose) -> Line:
    """An answer, mostly a dishonest one."""
    return _line(choose, choose((1, 7, 2**40)), choose((1, 2, 3)))


def _line(choose: Choose, number: int, events: int) -> Line:
    way = choose(("honest", "changed", "changed", "changed", "lookalike", "damaged", "spelled", "noise"))
    if way == "lookalike":
        last = number + choose((0, 1, 2, 3, 40))
        text = choose(LOOKALIKES).replace("N", str(number)).replace("M", str(last))
        is_honest = text == f"[{number},[]]" or (text == f"[{number},{last},[]]" and 1 <= last - number < events)
        return Line(text.encode(), number, events, is_honest)
    if way == "noise":
        return Line(bytes(choose(range(256)) for _ in range(choose(range(40)))), number, events, False)
    honest = honest_line(choose, number)
    if way == "honest":
        return Line(honest, number, events, True)
    if way == "changed":
        return Line(_encoded(choose, _changed_often(choose, json.loads(honest))), number, events, False)
    if way == "spelled":
        return Line(spelled(choose, json.loads(honest)).encode(), number, events, False)
    return Line(damaged(choose, honest.decode(), PIECES).encode("utf-8", "surrogatepass"), number, events, False)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encoded(choose: Choose, value: Any) -> bytes:
    # Half characters: once as the bytes that UTF-8 forbids, once by their escapes.
    text = _compact(value) if chance(choose, 2) else json.dumps(value)
    return text.encode("utf-8", "surrogatepass")


def _changed_often(choose: Choose, value: Any) -> Any:
    for _ in range(choose((1, 1, 2, 3))):
        value = changed(choose, value)
    return value


def changed(choose: Choose, value: Any) -> Any:
    """JSON data with one part that is another, missing, double, moved or new."""
    if isinstance(value, dict) and value and chance(choose, 2):
        name = choose(sorted(value))
        return {**value, name: changed(choose, value[name])}
    if isinstance(value, list) and value and choose(range(4)):
        place = choose(range(len(value)))
        return [*value[:place], changed(choose, value[place]), *value[place + 1 :]]
    if isinstance(value, dict):
        return {**value, choose(("", "c1", "decision", "errors", "pass", "\ud800")): choose(ODD)}
    if isinstance(value, list):
        return _rearranged(choose, value)
    return choose(ODD)


def _rearranged(choose: Choose, value: list[Any]) -> Any:
    way = choose(("odd", "less", "twice", "more", "wrapped", "reversed"))
    if way == "odd":
        return choose(ODD)
    if way == "wrapped":
        return [value]
    if way == "reversed":
        return value[::-1]
    place = choose(range(len(value) + 1))
    if way == "less":
        return value[:place] + value[place + 1 :]
    return value[:place] + ([choose(ODD)] if way == "more" else value[place : place + 1]) + value[place:]


def inspection(choose: Choose) -> Any:
    """What a worker says that the compiler read in a source; mostly something that no honest one says."""
    payload: dict[str, Any] = {
        "errors": [[choose((1, 7)), choose(("no `import`", "é"))] for _ in range(choose((1, 2)))]
    }
    if choose(range(3)):
        payload = {"source": "X = 1\n", "clauses": ["c1", "c2"], "helpers": ["half"], "tools": ["words"], "facts": {}}
        if chance(choose, 2):
            payload["facts"]["topic"] = {"kind": "category", "fields": ["/t"], "labels": {"a": ["b"]}, "default": "c"}
        if chance(choose, 2):
            payload["facts"]["mood"] = {"kind": "judgement", "fields": ["/t"], "question": "?", "choices": ["a", "b"]}
    return _changed_often(choose, payload) if choose(range(4)) else payload


class Deceit(NamedTuple):
    """What a worker sends when it is asked about some events at once."""

    events: int
    messages: tuple[bytes, ...]
    leaves: bool
    """Whether it ends then; else it also answers honestly, too late or twice."""
    is_honest: bool


_PASSED: Final = re.compile(rb"\[(\d+),(?:\d+,)?\[\]\]\Z")
_JOINS: Final = (b"\n", b"\n", b"\n", b"\n", b"\n\n", b"\r\n", b" ", b"", b",", b"\n[]\n", b"\x00")


def deceit(choose: Choose) -> Deceit:
    """Answers to a few events: some dishonest, lost, double, for one another, joined or split in the wrong place."""
    events = choose((1, 2, 3, 5))
    found = [honest_line(choose, FIRST + n) for n in range(events)]
    if chance(choose, 5):
        return Deceit(events, _messages(choose, _shortened(found), b"\n"), chance(choose, 2), True)
    for _ in range(choose((1, 1, 2))):
        _tamper(choose, found, choose(range(len(found) + 1)))
    messages = _messages(choose, found, choose(_JOINS))
    if chance(choose, 8):
        messages = (*messages, choose((b"", b"\n", b"x" * 70_000, b"[" * 60_000, messages[-1])))
    return Deceit(events, messages, chance(choose, 2), False)


def _tamper(choose: Choose, found: list[bytes], place: int) -> None:
    number = FIRST + place
    way = choose(("dishonest", "dishonest", "lost", "double", "other", "swapped"))
    if way == "dishonest":
        found[place : place + 1] = [_line(choose, number, max(1, len(found) - place)).text]
    elif way == "lost":
        del found[place : place + 1]
    elif way == "double":
        found[place:place] = found[place : place + 1]
    elif way == "other":
        found[place : place + 1] = [honest_line(choose, number + choose((-2, -1, 1, 2, 40)))]
    else:
        found[place:] = found[place:][::-1]


def _shortened(lines: list[bytes]) -> list[bytes]:
    """Honest lines, where a run of events that passed every clause is told in one."""
    found: list[bytes] = []
    for n, one in enumerate(lines):
        passed = _PASSED.match(one)
        before = _PASSED.match(found[-1]) if found else None
        if passed and before:
            found[-1] = b"[%s,%d,[]]" % (before[1], FIRST + n)
        else:
            found.append(one)
    return found


def _messages(choose: Choose, texts: list[bytes], join: bytes) -> tuple[bytes, ...]:
    if choose(range(3)):
        return (join.join(texts),)
    place = choose(range(len(texts) + 1))
    return tuple(join.join(part) for part in (texts[:place], texts[place:]) if part) or (b"",)
