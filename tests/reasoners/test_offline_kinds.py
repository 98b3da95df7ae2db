"""The kinds of places that authors name: the program finds what the own evaluation finds."""

from __future__ import annotations

import pytest

from guardagent.reasoners.offline.kinds import KINDS, capital_words, exactly, followed, literal, prefixed
from guardagent.reasoners.offline.places import Kind
from guardagent_toolbox.tools.text import find_all

MADE = (
    capital_words(4),
    literal(("and/or", "from time to time")),
    exactly(("NASA",)),
    followed(("soon",), ("after lunch",)),
    prefixed("links", ("http://", "www.")),
)
TEXT = "A plain text, with NEWS and/or more.\n\n- It costs \u20ac5, $7.50 or 8 GBP (10%)! \U0001f600 See www.a.example."


@pytest.mark.parametrize("kind", [*KINDS.values(), *MADE], ids=lambda kind: kind.name)
def test_samples_are_found_by_toolbox_and_by_own_evaluation(kind: Kind) -> None:
    for text in (*kind.samples, f"x {kind.samples[0]} y", TEXT, ""):
        places = find_all(kind.pattern, text)
        assert places is not None
        assert [str(p["text"]).strip(kind.edges) for p in places] == kind.found_in(text)
    assert all(kind.found_in(sample) for sample in kind.samples)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_item_is_shown_as_it_would_stand_in_a_text(kind: Kind) -> None:
    bare = kind.samples[0].strip(kind.edges)
    assert bare in kind.shown(bare)
