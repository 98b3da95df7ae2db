"""Evidence: the texts of an event as data that no text can break out of, and whether a quote stands in one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

# With these a text could imitate a tag, a template's special token or an instruction marker.
_BRACKETS = frozenset("<>[]")

# Models write these by habit in place of what they copy.
_PLAIN_MARKS = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—−", "-") | {"…": "..."}
)


def as_data(texts: Mapping[str, str]) -> str:
    """The texts as one line of JSON in printable characters without brackets, which decodes to exactly the texts."""
    # INVARIANT: no text can end the line or show a bracket; tests/facts/test_judge_injection.py tries.
    line = json.dumps(dict(texts), sort_keys=True, ensure_ascii=False)
    return "".join(letter if _is_plain(letter) else _escaped(letter) for letter in line)


def stands_in(quote: str, text: str) -> bool:
    """Whether `quote` stands in `text`; case, white space, invisible characters and the shape of marks count nothing.

    A quote without a letter or digit stands in nothing.
    """
    wanted = _plain(quote)
    return any(letter.isalnum() for letter in wanted) and wanted in _plain(text)


def _plain(text: str) -> str:
    visible = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(visible.translate(_PLAIN_MARKS).casefold().split())


def _is_plain(letter: str) -> bool:
    return letter.isprintable() and letter not in _BRACKETS


def _escaped(letter: str) -> str:
    # Outside of strings JSON has none of these here, as there is but one object of texts.
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
