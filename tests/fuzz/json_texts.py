"""JSON as it may arrive: the same value spelled in many ways, and texts that are nearly JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.fuzz.choosing import Choose, chance
from tests.fuzz.hostile import damaged
from tests.fuzz.programs import event, json_value

_SPACES: Final = ("", "", "", " ", "\n", "\t", "\r\n  ")
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}

PIECES: Final = (
    "NaN", "Infinity", "-Infinity", "nan", "1e999", "-1e999", "1e-999", "999999999999999999999", "1" * 4_400, "-0",
    "-0.0",
    "01", "+1", ".5", "1.", "0x10", "1_000", "1e5", "1E+5", "0.1e1", "2.5000000000000000000001", "9007199254740993",
    "true",
    "True", "null", "None", "undefined", '"', "'", "\\", "\\u", "\\ud800", '"\\ud83d"', '"\\ud83d\\ude00"',
    '"\\udc00\\ud800"',
    "\ud800", "\x00", "\x1f", "\x7f", "\u2028", "\ufeff", "\u00a0", "\n", "\t", " ", "//", "/* */", "#", ",", ",,", ":",
    "{", "}",
    "[", "]", "{}", "[]", '{"agent":"b"}', '"agent":"b",', '"stage":"output",', '"stage":"nowhere",', '"a":1,"a":2,',
    '"a":1,"\\u0061":2,',
    '{"k":{"k":1,"k":1}}', "[" * 40, "]" * 40, '{"a":' * 40, "[" * 100_000, '"' + "x" * 70_000 + '"',
    '"' + "é" * 40_000 + '"',
    '"canonical":"{}",', '"digest":1,', '"__class__":1,', '"model_config":{},', '"":0,', "�", "\U0001f600",
)  # fmt: skip


def spelled(choose: Choose, value: Any) -> str:
    """The value as JSON text, with keys in any order, any spaces and any escapes."""
    space = choose(_SPACES)
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (choose(range(9)), name))
        pairs = [f"{_quoted(choose, name)}{space}:{choose(_SPACES)}{spelled(choose, value[name])}" for name in names]
        return f"{{{space}{f'{space},{choose(_SPACES)}'.join(pairs)}{space}}}"
    if isinstance(value, list):
        return f"[{space}{f'{space},'.join(spelled(choose, member) for member in value)}{choose(_SPACES)}]"
    if isinstance(value, str):
        return _quoted(choose, value)
    if isinstance(value, float):
        return choose((repr(value), f"{value:.17e}", f"{value:.17E}"))
    return json.dumps(value)


def _quoted(choose: Choose, text: str) -> str:
    return '"' + "".join(_letter(choose, letter) for letter in text[:60]) + _plain(text[60:]) + '"'


def _plain(text: str) -> str:
    return json.dumps(text)[1:-1]


def _letter(choose: Choose, letter: str) -> str:
    if chance(choose, 8):
        units = letter.encode("utf-16-be")
        return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
    if letter == "/":
        return choose(("/", "\\/"))
    return _SHORT.get(letter, letter)


def spelled_twice(choose: Choose) -> tuple[dict[str, Any], str, str]:
    """An event and two spellings of it."""
    found = event(choose)
    return found, spelled(choose, found), spelled(choose, found)


def event_text(choose: Choose) -> str | bytes:
    """An event's text, or something that is nearly one."""
    value: Any = event(choose)
    if chance(choose, 12):
        value = json_value(choose)
    text = spelled(choose, value)
    if chance(choose, 2):
        text = damaged(choose, text, PIECES)
    return _encoded(choose, text) if chance(choose, 2) else text


def _encoded(choose: Choose, text: str) -> bytes:
    codec = choose(
        ("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7")
    )
    data = text.encode(codec, "replace" if codec == "latin-1" else "surrogatepass")
    if chance(choose, 6):
        place = choose(range(len(data) + 1))
        data = data[:place] + bytes(choose(range(256)) for _ in range(choose((1, 2, 4)))) + data[place + 1 :]
    return data
