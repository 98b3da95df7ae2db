"""Slot readers: the author's words for a value, number, host, tool or role → the value; None: not of that kind."""

from __future__ import annotations

import re
from typing import Any

from guardagent.reasoners.offline.fields import Field, Fields

_QUOTED = re.compile(r"[\"“`']([^\"”`']+)[\"”`']")
_NUMBER = re.compile(
    r"^(?:[$€£]|USD|EUR|GBP)?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    r"(?:%|percent|[$€£]|USD|EUR|GBP|dollars?|euros?|pounds?|years?(?: old| of age)?)?$",
    re.IGNORECASE,
)
_WORD_NUMBERS = dict(
    zip(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), range(11), strict=True)
)
_SPLIT = re.compile(r"\s*,\s*(?:and|or)\s+|\s*,\s*|\s+(?:and|or)\s+", re.IGNORECASE)
_HOST = re.compile(r"^(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}$", re.IGNORECASE)
_WITH_SUBDOMAINS = re.compile(
    r"(\S+?)\s*,?\s*\(?(?:and|with|including)\s+(?:any|all|every|its|all its)(?: of its)?"
    r"\s+subdomains?(?: of it)?\)?",
    re.IGNORECASE,
)
_UNITS = {"character": "characters", "word": "words", "item": "items", "entry": "items", "letter": "characters"}
# Words that show that a "value" is really a further clause of the sentence.
_NOT_A_VALUE = re.compile(
    r"\b(?:is|are|must|may|if|unless|when|than|at least|at most|which|that|with|given|\w+thing|whatever)\b", re.I
)


def number(words: str) -> int | float | None:
    """A number, with or without currency sign, percent or unit."""
    found = _NUMBER.match(words.strip())
    if not found:
        return None
    value = float(found.group(1).replace(",", ""))
    return int(value) if value.is_integer() else value


def count(words: str) -> int | None:
    """A whole number in digits or words up to ten."""
    text = words.strip().lower()
    if text in _WORD_NUMBERS:
        return _WORD_NUMBERS[text]
    value = number(text)
    return value if isinstance(value, int) else None


def unit(words: str) -> str | None:
    """What is counted: characters, words or items."""
    return _UNITS.get(words.strip().lower().removesuffix(" long").rstrip("s").replace("entrie", "entry"))


def values(words: str) -> tuple[Any, ...] | None:
    """Values joined by commas, `and`, `or`: quoted texts, numbers, true and false, or single words and short names."""
    if quoted_values := quoted(words):
        return quoted_values
    parts = [p.strip() for p in _SPLIT.split(words.strip()) if p.strip()]
    found = [_value(p) for p in parts]
    return tuple(found) if found and None not in found else None


def phrases(words: str) -> tuple[str, ...] | None:
    """Words of a text: quoted, or a list of single words; several words unquoted may be a description, not a phrase."""
    if quoted_values := quoted(words):
        return quoted_values
    parts = [p.strip() for p in _SPLIT.split(words.strip()) if p.strip()]
    plain = [p for p in parts if re.fullmatch(r"[\w.@/+%&'’-]+", p) and not _NOT_A_VALUE.search(p)]
    return tuple(parts) if parts and len(plain) == len(parts) else None


def quoted(words: str) -> tuple[str, ...] | None:
    """The quoted texts, when `words` is nothing but quoted texts joined by commas, `and`, `or`."""
    found = _QUOTED.findall(words)
    rest = re.sub(r"\b(?:and|or|either|the|words?|phrases?)\b|[\s,:]", "", _QUOTED.sub("", words), flags=re.IGNORECASE)
    return tuple(found) if found and not rest else None


def hosts(words: str) -> tuple[str, ...] | None:
    """Host names; `example.com and its subdomains` gives `example.com` and `*.example.com`."""
    if items := quoted(words):
        parts = list(items)
    else:
        marked = _WITH_SUBDOMAINS.sub(r"\1~sub", words.strip())
        parts = [p.strip().lstrip("@").strip("`") for p in _SPLIT.split(marked) if p.strip()]
    found: list[str] = []
    for part in parts:
        name = part.lower().removesuffix("~sub").lstrip("@")
        if not _HOST.match(name):
            return None
        found.append(name)
        if part.endswith("~sub"):
            found.append(f"*.{name}")
    return tuple(found) or None


def tools(words: str, fields: Fields) -> tuple[str, ...] | None:
    """Tool names: those that the schema lists, or names in backticks or with an underscore when it leaves them open."""
    parts = [p.strip().strip("`\"'“”") for p in _SPLIT.split(words.strip()) if p.strip()]
    known = {name.lower(): name for name in fields.tools()}
    found: list[str] = []
    for part in parts:
        name = known.get(part.lower()) or known.get(part.lower().replace(" ", "_"))
        if name is None and (known or not re.fullmatch(r"[A-Za-z]\w*[_.]\w[\w.]*", part)):
            return None
        found.append(name or part)
    return tuple(found) or None


def roles(words: str, fields: Fields) -> tuple[str, ...] | None:
    """Values of the role field that `words` name, in the singular or plural."""
    listed = fields.roles()
    if listed is None or not listed[1]:
        return None
    known = {re.sub(r"[_-]", " ", v).lower(): v for v in listed[1]}
    found: list[str] = []
    for part in _SPLIT.split(words.strip().strip("`\"'")):
        name = re.sub(r"^(?:the|a|an|all|any|every|each)\s+", "", part.strip().lower()).replace("-", " ")
        match = next((known[n] for n in (name, name.rstrip("s"), re.sub(r"ies$", "y", name)) if n in known), None)
        if match is None:
            return None
        found.append(match)
    return tuple(found) or None


def flag(words: str, fields: Fields) -> Field | None:
    """A yes-or-no field."""
    found = fields.find(words)
    return found if found and "boolean" in found.types else None


def fitting(field: Field, wanted: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The values as the field's type has them; None when one can't be a value of it."""
    if "boolean" in field.types and not field.types & {"string"}:
        return wanted if all(isinstance(v, bool) for v in wanted) else None
    if field.types & {"integer", "number"} and not field.types & {"string"}:
        return wanted if all(isinstance(v, int | float) and not isinstance(v, bool) for v in wanted) else None
    texts = tuple(str(v) for v in wanted)
    if field.is_list or (field.types and not field.types & {"string"}):
        return None
    if field.values:
        known = {str(v).casefold().replace("_", " "): v for v in field.values if isinstance(v, str)}
        found = tuple(known.get(t.casefold().replace("_", " ")) for t in texts)
        return None if None in found else found
    return texts


def _value(words: str) -> Any:
    text = words.strip().strip("`")
    lowered = text.lower()
    if lowered in ("true", "yes"):
        return True
    if lowered in ("false", "no"):
        return False
    value = number(text)
    if value is not None:
        return value
    plain = re.fullmatch(r"[\w./@:+-]+(?: [\w./@:+-]+){0,2}", text)
    return text if plain and not _NOT_A_VALUE.search(text) else None
