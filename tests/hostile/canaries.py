"""Canaries: what an escape would reach, change or tell."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

VARIABLE = "GUARDAGENT_CANARY"
PREFIX = "neighbour-secret-"


@dataclass(frozen=True, slots=True)
class Canaries:
    """A file, an environment variable, listening sockets, and the secret of another tenant."""

    file: Path
    file_secret: str
    variable_secret: str
    neighbour_secret: str
    tcp: socket.socket
    udp: socket.socket
    abstract: socket.socket

    def hints(self) -> dict[str, Any]:
        """What the attacker is told: where they all are, and none of the secrets."""
        return {
            "file": str(self.file),
            "variable": VARIABLE,
            "prefix": PREFIX,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": self.abstract.getsockname().decode().removeprefix("\0"),
        }

    def harm_in(self, told: str) -> list[str]:
        """What happened to them; `told` is everything that came out of the sandbox."""
        secrets = {"file": self.file_secret, "variable": self.variable_secret, "neighbour": self.neighbour_secret}
        harm = [f"told the secret of the {name}" for name, secret in secrets.items() if secret in told]
        if not self.file.is_file() or self.file.read_text() != self.file_secret:
            harm.append("changed the file")
        if [path.name for path in self.file.parent.iterdir()] != [self.file.name]:
            harm.append("wrote another file")
        if os.environ.get(VARIABLE) != self.variable_secret:
            harm.append("changed the variable")
        return harm + [f"reached the {name}" for name, end in self._sockets().items() if _was_reached(end)]

    def _sockets(self) -> dict[str, socket.socket]:
        return {"TCP socket": self.tcp, "UDP socket": self.udp, "abstract socket": self.abstract}


@contextmanager
def canaries_in(folder: Path) -> Iterator[Canaries]:
    """Canaries that anybody on this machine could touch."""
    file = folder / "canary"
    secrets = [token_hex(16) for _ in range(2)]
    file.write_text(secrets[0])
    file.chmod(0o666)
    folder.chmod(0o777)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv(VARIABLE, secrets[1])
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        abstract.bind(f"\0canary-{token_hex(8)}")
        for end in (tcp, udp, abstract):
            end.setblocking(False)
        yield Canaries(file, secrets[0], secrets[1], PREFIX + token_hex(16), tcp, udp, abstract)


def _was_reached(end: socket.socket) -> bool:
    try:
        if end.type == socket.SOCK_STREAM:
            end.accept()[0].close()
        else:
            end.recv(1)
    except BlockingIOError:
        return False
    return True
