"""Imports a module with a part of its text replaced. As a script: a zygote with it, `module old new descriptor`.

Needs nothing but the standard library, so that it can stand before everything else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple


class Edit(NamedTuple):
    """A part of a module's text, which stands in it just once, and what stands there instead."""

    module: str
    old: str
    new: str


class _EditedLoader(SourceFileLoader):
    edits: tuple[Edit, ...] = ()

    def get_code(self, fullname: str) -> CodeType:
        text = Path(self.path).read_text("utf-8")
        for edit in self.edits:
            if text.count(edit.old) != 1:
                raise ImportError(f"`{edit.old}` stands {text.count(edit.old)} times in `{fullname}`")
            text = text.replace(edit.old, edit.new)
        return compile(text, self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = tuple(edits)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        edits = tuple(edit for edit in self._edits if edit.module == fullname)
        spec = PathFinder.find_spec(fullname, path, target) if edits else None
        if spec is not None and spec.origin is not None:
            loader = _EditedLoader(fullname, spec.origin)
            loader.edits = edits
            spec.loader = loader
        return spec


def install(edits: Sequence[Edit]) -> None:
    """Has the modules imported with the edits from now on, in this process; raises ImportError where one is loaded."""
    for edit in edits:
        if edit.module in sys.modules:
            raise ImportError(f"`{edit.module}` was imported before")
    sys.meta_path.insert(0, _Finder(edits))


def _be_zygote() -> Any:
    *words, descriptor = sys.argv[1:]
    install([Edit(*words[start : start + 3]) for start in range(0, len(words), 3)])
    from guardagent_toolbox.sandbox.warm import warmed_engine
    from guardagent_toolbox.sandbox.zygote import main

    sys.argv[1:] = [descriptor]
    main(warmed_engine)


if __name__ == "__main__":
    _be_zygote()
