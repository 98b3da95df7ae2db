"""Words of a sentence: quoted texts, numbers, punctuation and words, each with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_TOKENS = 160
_TOKEN = re.compile(
    r"(?P<quote>`[^`]{1,400}`|\"[^\"]{1,400}\"|“[^”]{1,400}”|(?<!\w)['‘][^'’\n]{1,80}['’](?!\w))"
    r"|(?P<number>[$€£]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|[$€£]?\d+(?:\.\d+)?(?=[\s,;)%—–]|[.!?:]*(?:\s|$)))"
    r"|(?P<possessive>['’]s\b)"
    r"|(?P<word>[\w@*/~$#&+=<>\\](?:[^\s,;()\"“”`'’—–]|['’](?!s\b)(?=\w))*|\.[\w*./-]+)"
    r"|(?P<mark>\S)"
)


# Words that link a sentence to others and say nothing themselves; and those that do so at its beginning only.
_LINKING = frozenset(
    "moreover furthermore however therefore thus hence likewise accordingly additionally besides naturally obviously "
    "certainly also please meanwhile".split()
)
_OPENING = frozenset("and but so yet yes finally first second third fourth fifth sixth seventh lastly".split())


# Signs between a value and a number, in words.
_SIGNS = {"<=": "at most", "≤": "at most", ">=": "at least", "≥": "at least", "<": "less than", ">": "more than"}


class Token(NamedTuple):
    """One word of the author: `text` without its quotes, `lower` for comparing."""

    kind: str  # quote | number | possessive | word | mark
    text: str
    lower: str
    start: int
    end: int


def tokens_of(sentence: str) -> tuple[Token, ...]:
    """The tokens of a sentence, without the full stop at its end."""
    found: list[Token] = []
    for match in _TOKEN.finditer(sentence):
        kind = match.lastgroup or "mark"
        text = match.group()
        if kind == "quote":
            found.append(_token(kind, text[1:-1], match.start(), match.end()))
        elif kind == "word":
            found.extend(_word(text, match.start()))
        else:
            found.append(_token(kind, text, match.start(), match.end()))
    while found and found[-1].kind == "mark" and found[-1].text in ".!;)":
        found.pop()
    return tuple(_spelled_out(found))


def number_of(text: str) -> int | float | None:
    """The number in a token's text, without currency sign and thousands commas; None when it is not one."""
    bare = text.lstrip("$€£").replace(",", "")
    if not re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return None
    value = float(bare)
    return int(value) if value.is_integer() else value


def without_linking(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without the words that only link a sentence to those before it."""
    plain = [t for t in tokens if t.kind != "word" or t.lower not in _LINKING]
    while plain and (plain[0].lower in _OPENING or plain[0].kind == "mark"):
        plain = plain[1:]
    return tuple(plain)


def _word(text: str, start: int) -> list[Token]:
    """The word, and the punctuation that stands at its end."""
    bare = text.rstrip(".!?:")
    if not bare:
        return [_token("mark", text, start, start + len(text))]
    found = [_token("word", bare, start, start + len(bare))]
    if ":" in text[len(bare) :]:
        found.append(_token("mark", ":", start + len(bare), start + len(text)))
    return found


def _spelled_out(tokens: list[Token]) -> list[Token]:
    """The tokens with signs such as <= before a number in words: `amount <= 5` is `amount is at most 5`."""
    found: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        words = _SIGNS.get(token.text) if token.kind != "quote" and following and following.kind == "number" else None
        if words is None:
            found.append(token)
            continue
        linked = not found or found[-1].lower in (":", "be", "is", "are", ",", "have", "has")
        found += [_token("word", word, token.start, token.end) for word in (words if linked else f"is {words}").split()]
    return found


def _token(kind: str, text: str, start: int, end: int) -> Token:
    lower = text.lower().replace("’", "'")
    return Token(kind, text, {"—": ",", "–": ",", "(": ",", ")": ",", ";": ","}.get(lower, lower), start, end)
