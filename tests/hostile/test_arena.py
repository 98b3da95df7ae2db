"""The arena sees harm when it is done; else the corpus would show nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.arena import Arena
from tests.hostile.canaries import VARIABLE, Canaries, canaries_in
from tests.hostile.corpus import Attempt, cases
from tests.hostile.scoreboard import Scoreboard
from tests.hostile.test_programs import check


def connect(canaries: Canaries) -> None:
    socket.create_connection(canaries.tcp.getsockname()).close()


def send_datagram(end: socket.socket) -> None:
    with socket.socket(end.family, socket.SOCK_DGRAM) as ours:
        ours.sendto(b"x", end.getsockname())


HARM: dict[str, Callable[[Canaries], object]] = {
    "changed the file": lambda canaries: canaries.file.write_text("changed"),
    "wrote another file": lambda canaries: canaries.file.with_name("new").touch(),
    "changed the variable": lambda _canaries: os.environ.update({VARIABLE: "changed"}),
    "reached the TCP socket": connect,
    "reached the UDP socket": lambda canaries: send_datagram(canaries.udp),
    "reached the abstract socket": lambda canaries: send_datagram(canaries.abstract),
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_seen(harm: str, tmp_path: Path) -> None:
    with canaries_in(tmp_path) as canaries:
        assert canaries.harm_in("") == []
        HARM[harm](canaries)
        assert canaries.harm_in("") == [harm]


@pytest.mark.parametrize("name", ["file", "variable", "neighbour"])
def test_a_secret_that_gets_out_is_seen(name: str, tmp_path: Path) -> None:
    with canaries_in(tmp_path) as canaries:
        secret = getattr(canaries, f"{name}_secret")
        assert canaries.harm_in(f"the answer is {secret}.") == [f"told the secret of the {name}"]
        assert secret not in str(canaries.hints())


def test_an_attempt_that_is_allowed_fails_the_corpus(arena_of: Callable[[str], Arena]) -> None:
    anything = frozenset({"violation"})
    harmless = Attempt(
        text="def clause_c1(event, facts):\n    return None\n", layers=frozenset("A"), normal=anything, bare=anything
    )
    for build in ("normal", "bare"):
        with pytest.raises(AssertionError):
            check(harmless, arena_of(build), Scoreboard())


def test_scores_name_what_was_not_blocked_and_what_was_rejected() -> None:
    scores = Scoreboard()
    assert list(scores.lines()) == []
    scores.tried["normal"] = {case.id for case in cases()}
    scores.blocked["normal"] = scores.tried["normal"] - {"open"}
    scores.tried["bare"] = scores.blocked["bare"] = {"open"}
    scores.time("bare", 0.25)
    scores.benign, scores.accepted, scores.right = {"a", "b"}, {"a"}, {"a"}
    assert list(scores.lines()) == [
        "blocked 119/120 (normal); the longest check took 0 ms",
        "    NOT BLOCKED: open",
        "blocked 1/1 (language layers off, of 120 in all); the longest check took 250 ms",
        "benign accepted 1/2, answered right 1/2; false rejects 1 of 2",
        "    REJECTED: b",
    ]
