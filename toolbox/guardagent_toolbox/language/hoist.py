"""Functions inside functions, and lambdas with a name, moved to the top level.

The variables that an inner function takes from the function round it become its first parameters. That keeps the
meaning: it is only called from there, and a variable is passed with the value that it has at the call. A function that
is used in any other way than called or given as a `key=` stays where it is, and the rules refuse it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guardagent_toolbox.language.rewrite_calls import at
from guardagent_toolbox.language.scopes import locals_of
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.vocabulary import CLAUSE_FUNCTION, KEYED

_ITEM = "item"
_BLOCKS = ("body", "orelse")
# Each call passes what its function takes, so that programs grow; and how far inner functions call each other in a row.
_MOST_TAKEN = 12
_MOST_ROUNDS = 12


def name_lambdas(tree: ast.Module) -> None:
    """`f = lambda x: ...` becomes `def f(x): return ...`, in place, where `f` is set only once."""
    for number, top in enumerate(tree.body):
        parts = walk(top)
        stored: dict[str, int] = {}
        for node in parts:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                stored[node.id] = stored.get(node.id, 0) + 1
        tree.body[number] = _named(top, stored)
        for node in parts:
            for field in _BLOCKS:
                block = getattr(node, field, None)
                if isinstance(block, list):
                    block[:] = [_named(statement, stored) for statement in block]


def _named(node: ast.stmt, stored: dict[str, int]) -> ast.stmt:
    return _function_of(node) if isinstance(node, ast.Assign) and _is_named_lambda(node, stored) else node


def _is_named_lambda(node: ast.Assign, stored: dict[str, int]) -> bool:
    target = node.targets[0]
    only = len(node.targets) == 1 and isinstance(target, ast.Name) and stored[target.id] == 1
    return only and isinstance(node.value, ast.Lambda)


def _function_of(node: ast.Assign) -> ast.FunctionDef:
    target, value = node.targets[0], node.value
    if not isinstance(target, ast.Name) or not isinstance(value, ast.Lambda):
        raise TypeError("no named lambda")
    body: list[ast.stmt] = [ast.Return(value.body)]
    return at(ast.FunctionDef(target.id, value.args, body, [], None), node)


def hoist(tree: ast.Module, words: Collection[str]) -> dict[int, list[ast.stmt]]:
    """Takes the inner functions out of those of the top level, in place.

    Gives the functions to be put in front of each statement of the top level, by its number.
    """
    taken = set(words) | locals_of(tree) | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    moved: dict[int, list[ast.stmt]] = {}
    for number, outer in enumerate(tree.body):
        if isinstance(outer, ast.FunctionDef):
            found = _flattened(outer, taken)
            if found:
                moved[number] = found
    return moved


def _flattened(outer: ast.FunctionDef, taken: set[str]) -> list[ast.stmt]:
    """The functions taken out of one, those inside of them first."""
    found = _plan(outer)
    moved = _move(outer, found, taken) if found else []
    return [node for inner in moved for node in (*_flattened(inner, taken), inner)]


@dataclass(slots=True)
class _Inner:
    """An inner function, where it stands, what it takes from the outer one, and its new name."""

    node: ast.FunctionDef
    block: list[ast.stmt]
    taken: list[str]
    name: str = ""


def _plan(outer: ast.FunctionDef) -> dict[str, _Inner]:
    """The inner functions by name, when all of them can be moved; those inside of inner ones are not among them."""
    listed = list(_inner_functions(outer))
    inners = {inner.node.name: inner for inner in listed}
    if not inners or len(inners) != len(listed):
        return {}
    own = _own_names(outer, [inner.node for inner in listed])
    if (
        inners.keys() & own
        or not all(_is_plain(inner.node) for inner in listed)
        or _used_otherwise(outer) & inners.keys()
    ):
        return {}
    reads = {name: _read_in(inner.node) for name, inner in inners.items()}
    hidden = {name: locals_of(inner.node) for name, inner in inners.items()}
    taken = {name: set(reads[name] & own - hidden[name]) for name in inners}
    # What an inner function calls needs its variables from there, too.
    for _round in range(_MOST_ROUNDS):
        grown = {name: taken[name].union(*(taken[other] for other in reads[name] & inners.keys())) for name in inners}
        if grown == taken:
            break
        taken = grown
    else:
        return {}
    if any(taken[name] & hidden[name] or len(taken[name]) > _MOST_TAKEN for name in inners):
        return {}
    if set[str]().union(*taken.values()) & _loop_names(outer):
        return {}
    for name, inner in inners.items():
        inner.taken = sorted(taken[name])
    return inners


def _inner_functions(outer: ast.FunctionDef) -> Iterator[_Inner]:
    """The functions in the blocks of another one, without those inside of them."""
    waiting: list[list[ast.stmt]] = [outer.body]
    while waiting:
        block = waiting.pop()
        for statement in block:
            if isinstance(statement, ast.FunctionDef):
                yield _Inner(statement, block, [])
                continue
            waiting += [part for name in _BLOCKS if isinstance(part := getattr(statement, name, None), list)]


def _own_names(outer: ast.FunctionDef, inners: list[ast.FunctionDef]) -> frozenset[str]:
    """The parameters and variables of a function, without those of the functions inside it."""
    inside = {id(part) for inner in inners for part in walk(inner)}
    found = {arg.arg for arg in outer.args.args}
    for node in walk(outer):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inside:
            found.add(node.id)
    return frozenset(found)


def _is_plain(node: ast.FunctionDef) -> bool:
    given = node.args
    others = (given.posonlyargs, given.kwonlyargs, given.vararg, given.kwarg, node.decorator_list)
    odd = any(isinstance(part, ast.Global | ast.Nonlocal | ast.Yield | ast.YieldFrom) for part in walk(node))
    return not any(others) and not odd and CLAUSE_FUNCTION.match(node.name) is None


def _read_in(node: ast.AST) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _used_otherwise(outer: ast.FunctionDef) -> set[str]:
    """The names that stand anywhere but where they are called or keys."""
    fine: set[int] = set()
    for node in walk(outer):
        if isinstance(node, ast.Call):
            fine.add(id(node.func))
            fine |= {id(value) for value in _function_places(node)}
    return {node.id for node in walk(outer) if isinstance(node, ast.Name) and id(node) not in fine}


def _function_places(node: ast.Call) -> list[ast.expr]:
    """The arguments of a call that may be the name of a function."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    is_sort = isinstance(node.func, ast.Attribute) and node.func.attr == "sort"
    keys = [k.value for k in node.keywords if k.arg == "key"] if name in KEYED or is_sort else []
    return keys + (node.args[:1] if name in ("map", "filter") else [])


def _loop_names(outer: ast.FunctionDef) -> set[str]:
    """The names that mean something else inside comprehensions and lambdas, where the function may be called."""
    scopes = [node for node in walk(outer) if isinstance(node, ast.comprehension | ast.Lambda)]
    return {name for node in scopes for name in locals_of(node.target if isinstance(node, ast.comprehension) else node)}


def _move(outer: ast.FunctionDef, inners: dict[str, _Inner], taken: set[str]) -> list[ast.FunctionDef]:
    for inner in inners.values():
        inner.name = _free(inner.node.name, outer.name, taken)
    caller = _Caller(inners)
    moved: list[ast.FunctionDef] = []
    for inner in inners.values():
        inner.block.remove(inner.node)
        if not inner.block:
            inner.block.append(at(ast.Pass(), inner.node))
    for inner in inners.values():
        node = inner.node
        node.body = [caller.visit(statement) for statement in node.body]
        node.name = inner.name
        node.args.args = [*(at(ast.arg(name), node) for name in inner.taken), *node.args.args]
        moved.append(node)
    outer.body = [caller.visit(statement) for statement in outer.body]
    return moved


def _free(name: str, outer: str, taken: set[str]) -> str:
    new = name
    if new in taken:
        new = f"{outer.removeprefix('clause_')}_{name}"
    while new in taken:
        new += "_"
    taken.add(new)
    return new


class _Caller(ast.NodeTransformer):
    """Has calls use the new names, and pass what the functions need."""

    def __init__(self, inners: dict[str, _Inner]) -> None:
        self._inners = inners

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Called, or given as the function of `key=`, `map` and `filter`."""
        inner = self._inners.get(node.func.id) if isinstance(node.func, ast.Name) else None
        # The names of functions stay the same nodes; what is made of them must not be visited again.
        self.generic_visit(node)
        places = {id(value) for value in _function_places(node)}
        for keyword in node.keywords:
            if id(keyword.value) in places:
                keyword.value = self._as_value(keyword.value)
        node.args = [self._as_value(argument) if id(argument) in places else argument for argument in node.args]
        if inner is not None:
            node.func = at(ast.Name(inner.name, ast.Load()), node)
            node.args = [*(at(ast.Name(name, ast.Load()), node) for name in inner.taken), *node.args]
        return node

    def _as_value(self, node: ast.expr) -> ast.expr:
        inner = self._inners.get(node.id) if isinstance(node, ast.Name) else None
        if inner is None:
            return node
        if not inner.taken:
            return at(ast.Name(inner.name, ast.Load()), node)
        given = [ast.Name(name, ast.Load()) for name in (*inner.taken, _ITEM)]
        call = ast.Call(ast.Name(inner.name, ast.Load()), list[ast.expr](given), [])
        return at(ast.Lambda(ast.arguments([], [ast.arg(_ITEM)], None, [], [], None, []), call), node)
