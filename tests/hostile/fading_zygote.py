"""Starts a zygote on a kernel that loses a layer: `marker number command...`.

While the marker exists, the system call of that number fails as on a kernel without it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_DENY = Path(__file__).parents[1] / "support" / "deny_system_call.py"

if __name__ == "__main__":
    marker, number, *command = sys.argv[1:]
    if os.path.exists(marker):
        command = [sys.executable, "-I", str(_DENY), number, *command]
    os.execv(command[0], command)
