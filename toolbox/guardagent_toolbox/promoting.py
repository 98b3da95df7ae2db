"""A helper function of a reviewed program becomes a tool: a module of a package that offers it by an entry point.

What the helper needs comes along: other helpers and constants of the program as private parts of the module, tools by
import. What is written is a beginning for a person, with tests that fail until the answers are filled in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guardagent_toolbox.registry import ENTRY_POINT_GROUP, catalogue
from guardagent_toolbox.spec import ToolboxError
from guardagent_toolbox.vocabulary import ANSWERS

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = f'[project.entry-points."{ENTRY_POINT_GROUP}"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """The files of a promoted tool, by their place in the package's folder."""

    name: str
    files: Mapping[str, str]

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Writes them below `folder`; the package's own files are kept where it has them.

        Raises:
            ToolboxError: the tool is there already, or a file cannot be written.
        """
        package = folder.resolve().name.replace("-", "_")
        module = folder / package / f"{self.name}.py"
        if module.exists():
            raise ToolboxError(f"tool `{self.name}`: `{module}` is there already; give another name or remove it")
        written = [folder / place.format(package=package) for place in self.files]
        try:
            for path, text in zip(written, self.files.values(), strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("{package}", package), "utf-8")
            return (*written, *_package_files(folder, package, self.name))
        except OSError as error:
            raise ToolboxError(f"tool `{self.name}`: `{folder}` cannot be written ({error.strerror})") from None


def promote(source: str, helper: str, *, group: str, name: str = "", origin: str = "") -> Promoted:
    """The files that make `helper` of the program `source` a tool called `name` (or as it is called).

    Raises:
        ToolboxError: there is no such helper, it is bound to its policy, has no docstring, or the name is taken.
    """
    wanted = name or helper
    tree = ast.parse(source)
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    helpers = {known: node for known, node in defined.items() if not known.startswith("clause_")}
    if helper not in helpers:
        known = ", ".join(sorted(helpers)) or "none"
        raise ToolboxError(f"`{helper}` is no helper function of the program; it has {known}")
    _check_name(wanted)
    constants = dict(_constants(tree))
    needed = _needed(helper, helpers, constants)
    _check_unbound(helper, needed, helpers)
    if not ast.get_docstring(helpers[helper]):
        raise ToolboxError(f"helper `{helper}` has no docstring; coders choose tools by it, so have one written")
    module = _module(helper, wanted, group, needed, helpers, constants, origin)
    return Promoted(
        name=wanted,
        files={
            f"{{package}}/{wanted}.py": module,
            f"tests/test_{wanted}.py": _test(wanted, helpers[helper]),
        },
    )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ToolboxError(f"tool `{name}`: a tool is named with small letters, digits and underscores")
    if name in catalogue():
        taken = catalogue()[name].origin
        raise ToolboxError(f"tool `{name}`: `{taken}` has one of that name; give another with `--name`")


def _check_unbound(helper: str, needed: list[str], helpers: Mapping[str, ast.FunctionDef]) -> None:
    for part in (name for name in needed if name in helpers):
        used = _names(helpers[part])
        bound = sorted(used & {*ANSWERS, "facts", "FACTS"})
        if bound:
            raise ToolboxError(
                f"helper `{helper}` is bound to its policy: `{part}` uses `{bound[0]}`; "
                "a tool takes and gives plain data"
            )


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.Assign]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node


def _needed(helper: str, helpers: Mapping[str, ast.FunctionDef], constants: Mapping[str, ast.Assign]) -> list[str]:
    """The helper with every other helper and constant that it uses, also through others."""
    found: list[str] = []
    waiting = [helper]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        node: ast.AST = helpers[name] if name in helpers else constants[name].value
        waiting.extend(sorted(used for used in _names(node) if used in helpers or used in constants))
    return found


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


class _Renamed(ast.NodeTransformer):
    """Gives the parts of a module their new names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.name = self._names.get(node.name, node.name)
        return node


def _module(
    helper: str,
    wanted: str,
    group: str,
    needed: list[str],
    helpers: Mapping[str, ast.FunctionDef],
    constants: Mapping[str, ast.Assign],
    origin: str,
) -> str:
    names = {name: name if name.startswith("_") or name in constants else f"_{name}" for name in needed}
    names[helper] = wanted
    tools = sorted(set().union(*(_names(helpers[n]) for n in needed if n in helpers)) & catalogue().keys())
    said = f", from the policy `{origin}`" if origin else ""
    lines = [f'"""`{wanted}`{said}."""', "", "from __future__ import annotations", ""]
    lines.append("from guardagent_toolbox.registry import tool")
    lines += [f"from {catalogue()[name].function.__module__} import {name}" for name in tools]
    lines += [""] + [_source(constants[name], names) for name in reversed(needed) if name in constants]
    for name in (name for name in reversed(needed) if name in helpers and name != helper):
        lines += ["", "", _source(helpers[name], names)]
    lines += ["", "", f'@tool(group="{group}")', _source(helpers[helper], names), ""]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines))


def _source(node: ast.stmt, names: Mapping[str, str]) -> str:
    copy = ast.parse(ast.unparse(node)).body[0]
    return ast.unparse(_Renamed(names).visit(copy))


def _test(name: str, node: ast.FunctionDef) -> str:
    count = len(node.args.args)
    values = ", ".join(["JSON"] * count)
    arguments = ", ".join(f"v{number}" for number in range(1, count + 1))
    given = f"@given({values})\n" if count else ""
    return f'''"""What the tool `{name}` answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {{package}}.{name} import {name}

# Calls with their answers: a plain one, one at each limit, one with what cannot be read.
CASES: list[tuple[tuple[object, ...], object]] = []
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


def test_calls_with_their_answers_are_given() -> None:
    assert CASES, "fill in CASES"


@pytest.mark.parametrize(("arguments", "answer"), CASES)
def test_answer(arguments: tuple[object, ...], answer: object) -> None:
    assert {name}(*arguments) == answer


{given}def test_whatever_it_is_given_it_answers({arguments}) -> None:
    {name}({arguments})
'''


def _package_files(folder: Path, package: str, name: str) -> Iterator[Path]:
    """Writes what a package needs beside its modules, and names the tool in its entry points."""
    marker = folder / package / "__init__.py"
    if not marker.exists():
        marker.write_text('"""Tools for GuardAgent, promoted from reviewed policies."""\n', "utf-8")
        yield marker
    project = folder / "pyproject.toml"
    text = project.read_text("utf-8") if project.exists() else _project(folder.resolve().name)
    entry = f'{name} = "{package}.{name}"'
    head, found, tail = text.partition(_HEADER)
    project.write_text(
        f"{head}{found}\n{entry}{tail}" if found else f"{text.rstrip()}\n\n{_HEADER}\n{entry}\n", "utf-8"
    )
    yield project


def _project(name: str) -> str:
    return (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{name}"\nversion = "0.1.0"\ndependencies = ["guardagent"]\n'
    )
