"""Letters of other scripts that look like Latin ones: what `fold` takes for the same."""

from __future__ import annotations

import unicodedata

from guardagent_toolbox.reading.patterns import searchable

# Each pair: letters as they are after case folding, and the Latin letters that they are taken for.
_PAIRS = (
    ("абвгеёзикмнорстухѕіїјһԁԛԝҽӏ", "абвгeeзикмнopcтyxsiijhdqwel"),
    ("αβγειηικνορτυχωϲϳ", "aβγeiηikvoptuxωcj"),
    ("ı\u0138ɑɡɩʟοⅼ", "ikagilol"),
)


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for letters, latin in _PAIRS:
        table.update({ord(letter): like for letter, like in zip(letters, latin, strict=True)})
    return table


_LATIN = _table()
_OTHERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})


def folded(text: str) -> str:
    """The searchable text without accents, with look-alike letters as the Latin ones."""
    plain = searchable(text)
    if plain.isascii():
        return plain
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return bare.translate(_LATIN).translate(_OTHERS)
