"""What stands at the top level of a program: constants, functions, clauses and the facts table."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION, NODES

Errors = list[tuple[int, str]]


@dataclass(slots=True)
class Outline:
    """The parts of a module, and what is wrong with their arrangement."""

    constants: dict[str, ast.Assign] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    facts: ast.Assign | None = None
    errors: Errors = field(default_factory=list)

    @property
    def clauses(self) -> dict[str, str]:
        """Function name to clause id, in the order of the source."""
        found = {name: CLAUSE_FUNCTION.match(name) for name in self.functions}
        return {name: match.group(1) for name, match in found.items() if match}

    @property
    def helpers(self) -> tuple[str, ...]:
        """The functions that are no clauses, in the order of the source."""
        clauses = self.clauses
        return tuple(name for name in self.functions if name not in clauses)


def outline_of(tree: ast.Module) -> Outline:
    """The outline of a module. Statements that no program has anywhere are not mentioned here."""
    outline = Outline()
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            _add_function(outline, node)
        elif isinstance(node, ast.Assign):
            _add_constant(outline, node)
        elif type(node) in NODES and not (number == 0 and _is_text(node)):
            outline.errors.append(
                (node.lineno, "only constants and functions stand at the top level; write a function")
            )
    if not outline.clauses:
        outline.errors.append((1, "there is no clause function; write one `def clause_c1(event, facts):` per clause"))
    return outline


def _add_function(outline: Outline, node: ast.FunctionDef) -> None:
    if node.name in outline.functions or node.name in outline.constants:
        outline.errors.append((node.lineno, f"`{node.name}` is defined twice; rename one"))
    if node.name.startswith("clause_") and not CLAUSE_FUNCTION.match(node.name):
        outline.errors.append((node.lineno, f"`{node.name}` names no clause; write `clause_c1`, or drop `clause_`"))
    outline.functions[node.name] = node


def _add_constant(outline: Outline, node: ast.Assign) -> None:
    if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        outline.errors.append((node.lineno, "a constant is written `NAME = value`, one name at a time"))
        return
    name = node.targets[0].id
    if name in outline.constants or name in outline.functions or (name == "FACTS" and outline.facts):
        outline.errors.append((node.lineno, f"`{name}` is defined twice; rename one"))
    if name == "FACTS":
        outline.facts = node
    else:
        outline.constants[name] = node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and type(node.value.value) is str
