"""Letters of other scripts that look like Latin ones."""

from __future__ import annotations

import re

# Letters after case folding, so that a capital that looks Latin (В, Н, Ρ) stands here as its small letter.
CYRILLIC = {
    0x430: "a", 0x432: "b", 0x435: "e", 0x43A: "k", 0x43C: "m", 0x43D: "h", 0x43E: "o", 0x440: "p", 0x441: "c",
    0x442: "t", 0x443: "y", 0x445: "x", 0x455: "s", 0x456: "i", 0x458: "j", 0x4BB: "h", 0x4CF: "l", 0x501: "d",
    0x51B: "q", 0x51D: "w",
}  # fmt: skip
GREEK = {
    0x3B1: "a", 0x3B2: "b", 0x3B5: "e", 0x3B6: "z", 0x3B7: "h", 0x3B9: "i", 0x3BA: "k", 0x3BC: "m", 0x3BD: "v",
    0x3BF: "o", 0x3C1: "p", 0x3C4: "t", 0x3C5: "u", 0x3C7: "x", 0x3C9: "w", 0x3F2: "c", 0x3F3: "j",
}  # fmt: skip
LATIN = {
    0xE6: "ae", 0xF0: "d", 0xF8: "o", 0xFE: "th", 0x111: "d", 0x131: "i", 0x142: "l", 0x153: "oe", 0x251: "a",
    0x261: "g", 0x269: "i", 0x29F: "l",
}  # fmt: skip

_FOREIGN = CYRILLIC | GREEK
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_LETTER = re.compile("[a-z]")


def unmixed(text: str) -> str:
    """The case-folded text with words that mix Latin letters with look-alikes of them written in Latin.

    A word that is wholly of another script stays as it is: it belongs to a language.
    """
    return text if text.isascii() else _WORD.sub(_in_latin, text)


def _in_latin(word: re.Match[str]) -> str:
    return word[0].translate(_FOREIGN) if _LATIN_LETTER.search(word[0]) else word[0]


__all__ = ["CYRILLIC", "GREEK", "LATIN", "unmixed"]
