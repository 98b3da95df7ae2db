"""Settings for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# Deadlines measure the machine, not the code; in CI the examples are the same on every run.
settings.register_profile("default", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("default")
