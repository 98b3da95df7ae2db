"""Random material is written by functions that make one choice after the other.

Hypothesis chooses in tests, so that what fails is shrunk; a plain generator chooses in campaigns, which is faster and
spreads more widely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

Value = TypeVar("Value")
Material = TypeVar("Material")


class Choose(Protocol):
    """Gives one of the choices."""

    def __call__(self, choices: Sequence[Value], /) -> Value:
        """One of them; the first is the simplest."""
        ...


Maker = Callable[[Choose], Material]


def made_by(maker: Maker[Material]) -> st.SearchStrategy[Material]:
    """What the maker makes of Hypothesis' choices."""

    @st.composite
    def strategy(draw: st.DrawFn) -> Material:
        def choose(choices: Sequence[Any]) -> Any:
            return draw(st.sampled_from(choices))

        return maker(choose)

    return strategy()


def chance(choose: Choose, in_how_many: int) -> bool:
    """True once in so many times."""
    return choose(range(in_how_many)) == in_how_many - 1
