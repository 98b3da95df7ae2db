"""Panics: bugs of Monty itself, which reach Python as a BaseException that `except Exception` lets pass."""

from __future__ import annotations

from typing import Final

# The module of the exception exists in name only, so that nobody can import it.
_RUST: Final = "pyo3_runtime"


def is_panic(error: BaseException) -> bool:
    """Whether Rust code gave up; anything else, such as Ctrl-C, is for somebody else to handle."""
    return type(error).__module__ == _RUST


__all__ = ["is_panic"]
