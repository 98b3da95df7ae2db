"""Letters of other scripts that look like Latin ones: what `fold` takes for the same."""

from __future__ import annotations

import unicodedata

from guardagent_toolbox.reading.letters import CYRILLIC, GREEK, LATIN
from guardagent_toolbox.reading.patterns import normalised, searchable

_LOOKALIKES = CYRILLIC | GREEK | LATIN


def folded(text: str) -> str:
    """The searchable text without accents, with look-alike letters as the Latin ones."""
    plain = searchable(text)
    if plain.isascii():
        return plain
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    # An accent that stood alone leaves the space that carried it.
    return normalised(bare.translate(_LOOKALIKES))
