"""Which places of the event a program names: constant keys and pointers, followed through names and own functions.

Reads the syntax tree of a source that the compiler has accepted, and runs nothing. What cannot be told is left out: a
place that is given here is one that the program certainly names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from guardagent.translation.bindings import Binding, bindings_of

_CLAUSE = "clause_"
# The argument of an answer that names places of the event, and its position.
_TELLING = {"violation": ("evidence", 2), "escalate": ("evidence", 2), "redact": ("spans", 1)}
# These give the items of the list that they get.
_SAME_ITEMS = ("list", "tuple", "sorted", "reversed")
# Functions are followed with what each call gives them; there is an end to it.
_MAX_FOLLOWED = 500
# No event is deeper.
_MAX_DEPTH = 32

_Path = tuple[str, ...]
# The places where a value may come from; none for a literal.
_Places = frozenset[_Path]

_ROOT: _Places = frozenset({()})
_NOWHERE: _Places = frozenset()


class Read(NamedTuple):
    """One mention of a place in the event; of several pointers the program names one, and which is not known."""

    function: str
    line: int
    pointers: tuple[str, ...]


def reads_of(source: str) -> tuple[Read, ...]:
    """The mentions of places in the event, by line; `*` in a pointer stands for any item of a list."""
    module = _Module(ast.parse(source))
    try:
        for name in module.functions:
            if name.startswith(_CLAUSE):
                module.follow(name, {"event": _ROOT})
    except RecursionError:
        # Names made from names made from names: such a chain is no reason to fail, there is nothing to run here.
        return ()
    return tuple(sorted(module.reads(), key=lambda read: (read.line, read.pointers)))


class _Mention(NamedTuple):
    function: str
    line: int
    # None once it was met where nothing is known of the value.
    places: _Places | None


class _Module:
    """The functions and texts of a source, and what following them has shown."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.texts = dict(_texts(tree))
        self._bound = {name: bindings_of(node) for name, node in self.functions.items()}
        self._mentions: dict[ast.AST, _Mention] = {}
        self._followed: set[tuple[str, frozenset[tuple[str, _Places | None]]]] = set()
        self._complete = True

    def follow(self, name: str, given: Mapping[str, _Places | None]) -> None:
        """Reads one function with what a call gives to its parameters."""
        key = (name, frozenset(given.items()))
        if key in self._followed:
            return
        if len(self._followed) >= _MAX_FOLLOWED:
            self._complete = False
            return
        self._followed.add(key)
        _Scope(self, self.functions[name], self._bound[name], given).read()

    def mention(self, function: str, node: ast.expr, places: _Places | None) -> None:
        """Remembers where a mention leads; unknown once means unknown."""
        old = self._mentions.get(node)
        if old is not None:
            places = None if old.places is None or places is None else old.places | places
        self._mentions[node] = _Mention(function, node.lineno, places)

    def reads(self) -> Iterator[Read]:
        """What is certain of all mentions."""
        for mention in self._mentions.values() if self._complete else ():
            if mention.places:
                yield Read(mention.function, mention.line, tuple(sorted(map(_pointer, mention.places))))


class _Scope:
    """One function with what one call gives to its parameters."""

    def __init__(
        self,
        module: _Module,
        function: ast.FunctionDef,
        bound: Mapping[str, list[Binding]],
        given: Mapping[str, _Places | None],
    ) -> None:
        self._module, self._function, self._bound = module, function, bound
        self._parameters = {parameter.arg: given.get(parameter.arg) for parameter in function.args.args}
        self._known: dict[str, _Places | None] = {}

    def read(self) -> None:
        """Tells the module of every mention, and follows every call of its functions."""
        for statement in self._function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Subscript | ast.Call) and _is_step(node):
                    self._module.mention(self._function.name, node, self._step(node))
                if isinstance(node, ast.Call):
                    self._call(node)
                elif isinstance(node, ast.Name) and node.id in self._module.functions:
                    # Mentioned for others to call it; a call that is seen here tells more.
                    self._handed_on(node, statement)

    def _call(self, call: ast.Call) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        for node, pointer in self._told(call, *_TELLING[name]) if name in _TELLING else ():
            self._module.mention(self._function.name, node, frozenset({_steps(pointer)}))
        target = self._module.functions.get(name)
        if target is not None:
            names = [parameter.arg for parameter in target.args.args]
            given = {name: self._places(value) for name, value in zip(names, call.args, strict=False)}
            given |= {k.arg: self._places(k.value) for k in call.keywords if k.arg in names and k.arg is not None}
            self._module.follow(target.name, given)

    def _handed_on(self, name: ast.Name, statement: ast.stmt) -> None:
        called = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
        if not any(function is name for function in called):
            self._module.follow(name.id, {})

    def _told(self, call: ast.Call, argument: str, position: int) -> Iterator[tuple[ast.expr, str]]:
        """The pointers that an answer gives as evidence or to be redacted."""
        given = [*call.args[position : position + 1], *(k.value for k in call.keywords if k.arg == argument)]
        for part in given:
            for item in part.elts if isinstance(part, ast.List | ast.Tuple) else [part]:
                first = item.elts[0] if isinstance(item, ast.List | ast.Tuple) and item.elts else item
                text = self._text(first)
                if text is not None and text.startswith("/"):
                    yield first, text

    def _places(self, node: ast.expr) -> _Places | None:
        """Where the value of an expression may come from; None where that is unknown."""
        match node:
            case ast.Name(id=name):
                return self._named(name)
            case ast.Constant():
                return _NOWHERE
            case ast.Dict(keys=[]) | ast.List(elts=[]) | ast.Tuple(elts=[]):
                return _NOWHERE
            case ast.NamedExpr(value=value):
                return self._places(value)
            case ast.BoolOp(values=values):
                return self._any_of(values)
            case ast.IfExp(body=body, orelse=other):
                return self._any_of([body, other])
            case ast.Subscript(value=value, slice=ast.Slice()):
                return self._places(value)
            case ast.Subscript(value=value, slice=key) if _is_number(key):
                return self._below(value, ("*",))
            case ast.Subscript() | ast.Call() if _is_step(node):
                return self._or_default(node)
            case ast.Call(func=ast.Name(id=name), args=[value]) if name in _SAME_ITEMS:
                return self._places(value)
            case _:
                return None

    def _any_of(self, nodes: list[ast.expr]) -> _Places | None:
        found: _Places = _NOWHERE
        for node in nodes:
            places = self._places(node)
            if places is None:
                return None
            found |= places
        return found

    def _step(self, node: ast.Subscript | ast.Call) -> _Places | None:
        """The places that `v["a"]`, `v.get("a")` or `value_at(v, "/a/b")` names."""
        if isinstance(node, ast.Subscript):
            value, text = node.value, self._text(node.slice)
        elif isinstance(node.func, ast.Attribute):
            value, text = node.func.value, self._text(node.args[0])
        else:
            pointer = self._text(node.args[1])
            is_pointer = pointer is not None and (pointer == "" or pointer.startswith("/"))
            return self._below(node.args[0], _steps(pointer)) if pointer is not None and is_pointer else None
        return None if text is None else self._below(value, (text,))

    def _or_default(self, node: ast.Subscript | ast.Call) -> _Places | None:
        """The places of a step, and of what is there in its stead when there is nothing."""
        named = self._step(node)
        default: list[ast.expr] = []
        if isinstance(node, ast.Call):
            default = [*node.args[1 if _is_get(node) else 2 :], *(keyword.value for keyword in node.keywords)]
        other = self._any_of(default)
        return None if named is None or other is None else named | other

    def _below(self, value: ast.expr, steps: _Path) -> _Places | None:
        places = self._places(value)
        if places is None or any(len(place) > _MAX_DEPTH for place in places):
            return None
        return frozenset(place + steps for place in places)

    def _named(self, name: str) -> _Places | None:
        if name not in self._known:
            # A name that is made from itself may be anything.
            self._known[name] = None
            self._known[name] = self._bound_to(name)
        return self._known[name]

    def _bound_to(self, name: str) -> _Places | None:
        bindings = self._bound.get(name, [])
        if name not in self._parameters and not bindings:
            return None
        found: _Places = _NOWHERE
        if name in self._parameters:
            given = self._parameters[name]
            if given is None:
                return None
            found = given
        for binding in bindings:
            places = None if binding.value is None else self._places(binding.value)
            if places is None:
                return None
            found |= frozenset((*place, "*") for place in places) if binding.is_item else places
        return found

    def _text(self, node: ast.expr) -> str | None:
        """The text that an expression certainly is."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name) and node.id not in self._bound and node.id not in self._parameters:
            return self._module.texts.get(node.id)
        return None


def _is_step(node: ast.Subscript | ast.Call) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice)
    return _is_get(node) or _is_value_at(node)


def _is_number(key: ast.expr) -> bool:
    number = key.operand if isinstance(key, ast.UnaryOp) else key
    return isinstance(number, ast.Constant) and type(number.value) is int


def _is_get(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "get" and bool(call.args)


def _is_value_at(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "value_at" and len(call.args) >= 2


def _texts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _steps(pointer: str) -> _Path:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _pointer(path: _Path) -> str:
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path)


__all__ = ["Read", "reads_of"]
