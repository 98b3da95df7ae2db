"""Other engines that do the same job; one that is not installed is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import NamedTuple

from latency.peers.cedar import cedar
from latency.peers.cel import cel
from latency.peers.monty import monty
from latency.peers.rego import rego
from latency.variants import Variant


class Peer(NamedTuple):
    """An engine by the name that people know, the packages that bring it, and what opens it."""

    name: str
    package: str
    open: Callable[[], AbstractContextManager[Sequence[Variant]]]


PEERS = (
    Peer("Cedar", "cedarpy", cedar),
    Peer("CEL", "common-expression-language", cel),
    Peer("Rego", "regorus", rego),
    Peer("Monty", "pydantic-monty", monty),
)


class Missing(NamedTuple):
    """A peer that cannot be measured here, and why."""

    name: str
    reason: str


@contextmanager
def opened(peers: Sequence[Peer] = PEERS) -> Iterator[tuple[list[Variant], list[Missing]]]:
    """The variants of every peer that is installed, and the peers that are not."""
    with ExitStack() as stack:
        variants: list[Variant] = []
        missing: list[Missing] = []
        for peer in peers:
            try:
                variants += stack.enter_context(peer.open())
            except ImportError:
                missing.append(Missing(peer.name, f"not installed (`{peer.package}`)"))
            # Whatever another engine raises while it starts, the others can still be measured.
            except Exception as error:
                missing.append(Missing(peer.name, f"does not start ({type(error).__name__})"))
        yield variants, missing


__all__ = ["PEERS", "Missing", "Peer", "opened"]
