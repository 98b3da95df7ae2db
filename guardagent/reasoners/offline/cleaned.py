"""Numbers in texts that an author says how to read: which signs, marks and codes are dropped first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value

helper(
    "cleaned_number",
    '''
def cleaned_number(value, leading, dropped, code):
    """The plain number in a text without a leading sign, marks and (`code`) three last letters; else UNREADABLE."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    for mark in dropped:
        text = text.replace(mark, "")
    signs = [sign for sign in leading if text.startswith(sign)]
    if signs:
        text = text[len(signs[0]):]
    if code and len(text) > 3 and text[-3:].isalpha() and text[-3:].isascii():
        text = text[:-3]
    digits = text.replace(".", "", 1)
    plain = digits.isdigit() and digits.isascii() and text[0] != "." and text[-1] != "."
    if isinstance(value, bool) or not plain:
        return UNREADABLE
    # With a zero behind it, a point can't be read as a thousands mark.
    number = parse_number(text + "0" if "." in text else text)
    return UNREADABLE if number is None else number
''',
)


@dataclass(frozen=True)
class Cleaned:
    """The number in a text, once what the author lists is dropped."""

    value: Value
    leading: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    currency_code: bool = False

    def code(self) -> str:
        marks = f"{list(self.leading)!r}, {list(self.dropped)!r}, {self.currency_code}"
        return f"cleaned_number({self.value.code()}, {marks})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if found is None:
            return None
        text = str(found)
        for mark in self.dropped:
            text = text.replace(mark, "")
        sign = next((s for s in self.leading if text.startswith(s)), "")
        text = text[len(sign) :]
        if self.currency_code:
            text = re.sub(r"(?<=.)[A-Za-z]{3}$", "", text)
        plain = not isinstance(found, bool) and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text)
        return Decimal(text) if plain else UNREADABLE

    def put(self, event: Event, wanted: Any) -> list[Event]:
        written = f"{self.leading[0] if self.leading else ''}{wanted}{' USD' if self.currency_code else ''}"
        texts = [str(wanted), written if " " in self.dropped or " " not in written else str(wanted)]
        return [made for text in dict.fromkeys(texts) for made in self.value.put(event, text)]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        return self.value.says()
