"""Compiles the shop policy over and over, each time in a process that is killed a little later.

`python -m tests.translation.killed FOLDER N...`: in `FOLDER/<n>` the compile is killed with SIGKILL at its n-th sign of
progress (odd ones: a node starts, even ones: it has ended and is not yet saved); what it did until then stands in
`nodes` there, and its checkpoint in `checkpoint.db`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from guardagent.translation import Progress
from tests.translation.parts import EXAMPLES, Steady, request, translator


def note(folder: Path, progress: Progress) -> None:
    """Appends a node that starts to the list of the folder; written at once, whatever comes next."""
    if not progress.detail:
        with open(folder / "nodes", "ab", buffering=0) as file:
            file.write(f"{progress.node}\n".encode())


def compile_until(folder: Path, last: int) -> None:
    """Compiles and, at the `last` sign of progress, dies."""
    signs = 0

    def watch(progress: Progress) -> None:
        nonlocal signs
        note(folder, progress)
        signs += 1
        if signs == last:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(translator(Steady(), checkpoint=folder / "checkpoint.db").compile(request(*EXAMPLES), progress=watch))


def main(root: Path, signs: list[int]) -> None:
    """Kills one compile at each of the signs; imports are paid once, for all of them."""
    for last in signs:
        folder = root / str(last)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            compile_until(folder, last)
            os._exit(0)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), f"no sign {last}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(sign) for sign in sys.argv[2:]])
