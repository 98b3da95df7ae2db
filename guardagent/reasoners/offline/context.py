"""What builders may know beside the words: the agent's fields, and tools for own evaluations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from guardagent.reasoners.offline.fields import Fields


class Context(NamedTuple):
    """The surroundings of a sentence."""

    fields: Fields
    tools: Mapping[str, Callable[..., Any]] = {}
    # The kinds of history entries that the author defines: `a "sent mail" is …`.
    happenings: dict[str, Any] = {}  # noqa: RUF012
    # What the author's own nouns mean: `"the advert" means the title and the body`, `an address at … is inside`.
    meant: dict[str, Any] = {}  # noqa: RUF012
