"""What the expressions of a program may be, and what they read."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from guardagent_toolbox.reading.calls import Calls
from guardagent_toolbox.reading.ehr import FUNCTIONS
from guardagent_toolbox.reading.ehr_access import Arguments
from guardagent_toolbox.reading.schema import Reads
from guardagent_toolbox.reading.templates import concatenated, percent_formatted
from guardagent_toolbox.reading.values import (
    DATA,
    SOME_TEXT,
    UNKNOWN,
    Value,
    flat,
    item_of,
    items_of,
    join,
    listing,
    mapping,
    text,
)

_MOST_UNROLLED = 16
_HARMLESS_DUNDERS = frozenset({"__name__", "__doc__", "__init__", "__len__", "__class__", "__version__"})

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class Scope:
    """Names and what they may be; a function sees the names round it."""

    def __init__(self, outer: Scope | None = None, *, inline: bool = False) -> None:
        self.names: dict[str, Value] = {}
        self.outer = outer
        # A comprehension's own scope; what `:=` names in it belongs to the scope round it.
        self.inline = inline
        # Names that `global` or `nonlocal` say to be of a scope round this one.
        self.shared: set[str] = set()

    def owner(self, name: str) -> Scope | None:
        """The nearest scope that has the name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    def outermost(self) -> Scope:
        """The scope of the module."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program, with the names that it sees."""

    node: FunctionNode
    scope: Scope
    makes_object: bool = False
    """Whether it is the `__init__` of a class that is called by the name of the class."""


class Expressions(Calls):
    """The part of the reader that knows expressions and names."""

    def __init__(self, reads: Reads, made: frozenset[str]) -> None:
        super().__init__(reads, made)
        self.scope = Scope()
        self.queries = {}
        self.methods = {}
        self.attributes = {}

    def _bind_name(self, name: str, value: Value) -> None:
        owner = self.scope
        if name in owner.shared and owner.outer is not None:
            self.change(ast.Name(name), value)
        else:
            owner.names[name] = value

    def find(self, name: str) -> Value | None:
        """What a name may be; None when the program does not define it."""
        owner = self.scope.owner(name)
        return None if owner is None else owner.names[name]

    def change(self, node: ast.expr, value: Value) -> None:
        """Adds to what the variable at the root of an expression may hold."""
        root = _root(node)
        if isinstance(root, ast.Attribute):
            self.attributes[root.attr] = join((self.attributes.get(root.attr, value), value))
        elif isinstance(root, ast.Name):
            owner = self.scope.owner(root.id) or self.scope.outermost()
            owner.names[root.id] = join((owner.names.get(root.id, value), value))
        else:
            self.show(value)

    def value(self, node: ast.expr) -> Value:
        """What an expression may be; everything that it reads is noted."""
        self.step()
        match node:
            case ast.Constant(value=str(found)):
                return text(found)
            case ast.Name(id=name):
                found_value = self.find(name)
                return from_outside(name) if found_value is None else found_value
            case ast.Call():
                return self.call(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.JoinedStr(values=pieces):
                return concatenated([self._piece(piece) for piece in pieces])
            case ast.BinOp():
                return self._operation(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return self._items(items)
            case ast.Dict():
                return self._mapping(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Lambda():
                return Value(functions=frozenset({Function(node, self.scope)}))
            case ast.NamedExpr(target=target, value=inner):
                bound = self.value(inner)
                self._bind_outside(target.id, bound)
                return bound
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test)
                return join((self.value(body), self.value(orelse)))
        return join([self.value(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)])

    def _attribute(self, node: ast.Attribute) -> Value:
        name = node.attr
        owner = self.value(node.value)
        if name.startswith("__") and name not in _HARMLESS_DUNDERS:
            return self.cannot_tell(node, f"`{name}` reaches behind the program")
        if owner.tables:
            return self.table_attribute(owner, name)
        if name in FUNCTIONS:
            return from_outside(name)
        if name in self.methods:
            return join((self.methods[name], self.invoke_all(self.methods[name])))
        if name in self.attributes:
            return self.attributes[name]
        if owner.unknown:
            self._untraced(node, text(name))
            return UNKNOWN
        return DATA

    def _untraced(self, node: ast.AST, key: Value) -> None:
        """Something unknown is asked for by the name of a column: rows may have come to it unseen."""
        if any(self.reads.schema.tables_of(option) for option in key.texts):
            self.cannot_tell(node, "a column of something that cannot be traced")

    def invoke_all(self, functions: Value) -> Value:
        """What properties give, whichever of the functions they are."""
        return join([self.invoke(function, Arguments([UNKNOWN])) for function in functions.functions])

    def _bind_outside(self, name: str, value: Value) -> None:
        scope = self.scope
        while scope.inline and scope.outer is not None:
            scope = scope.outer
        scope.names[name] = value

    def _subscript(self, node: ast.Subscript) -> Value:
        if isinstance(node.value, ast.Name) and node.value.id in FUNCTIONS and self.find(node.value.id) is None:
            bare = isinstance(node.slice, ast.Name) and self.find(node.slice.id) is None
            named = text(ast.unparse(node.slice)) if bare else self.value(node.slice)
            return self.ehr_call(node, node.value.id, Arguments(list(named.parts or (named,))))
        owner = self.value(node.value)
        if owner.tables:
            return self.table_item(owner, node.value, node.slice)
        key = self.value(node.slice)
        results = [UNKNOWN] if owner.unknown else []
        if owner.unknown:
            self._untraced(node, key)
        if owner.texts:
            results.append(SOME_TEXT)
        if owner.parts:
            position = _integer(node.slice)
            if owner.ordered and position is not None and -len(owner.parts) <= position < len(owner.parts):
                results.append(owner.parts[position])
            elif isinstance(node.slice, ast.Slice):
                results.append(listing(owner.parts, ordered=False))
            else:
                results.append(self.lookup(owner, key))
                self._maybe_column(owner, key)
        return join(results)

    def _maybe_column(self, owner: Value, key: Value) -> None:
        """What is followed as a collection of rows may be one row, so that a text may be the name of a column."""
        tables = flat(owner).tables
        for option in sorted(key.texts - set(owner.keys)):
            if self.knows(tables, option):
                self.read_column(tables, option)

    def _piece(self, node: ast.expr) -> Value:
        value = self.value(node.value if isinstance(node, ast.FormattedValue) else node)
        self.show(value)
        return value

    def _operation(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if left.texts and isinstance(node.op, ast.Mod):
            self.show(right)
            return percent_formatted(left, right)
        if isinstance(node.op, ast.Add):
            if left.texts or right.texts:
                self.show(left, right)
                return concatenated([left, right])
            if left.parts or right.parts:
                ordered = left.ordered and right.ordered
                return listing((*items_of(left), *items_of(right)), ordered=ordered)
        both = join((flat(left), flat(right)))
        return Value(rows=both.rows, picked=both.picked, unknown=both.unknown)

    def _comparison(self, node: ast.Compare) -> Value:
        operands = [node.left, *node.comparators]
        values = [self.value(operand) for operand in operands]
        by_content = any(isinstance(op, ast.Eq | ast.NotEq | ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
        if by_content and not any(map(_is_empty, operands)):
            self.show(*values)
        return DATA

    def _items(self, nodes: Sequence[ast.expr]) -> Value:
        parts: list[Value] = []
        ordered = True
        for node in nodes:
            if isinstance(node, ast.Starred):
                spread = self.value(node.value)
                parts.extend(items_of(spread))
                ordered = ordered and spread.ordered
            else:
                parts.append(self.value(node))
        return listing(parts, ordered=ordered)

    def _mapping(self, node: ast.Dict) -> Value:
        pairs: list[tuple[str | None, Value]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            held = self.value(value)
            if key is None:
                pairs.extend(zip(held.keys or (None,) * len(held.parts), held.parts, strict=True))
                pairs.append((None, flat(held)))
            else:
                pairs.append((_single(self.value(key)), held))
        return mapping(pairs)

    def _comprehension(self, node: Comprehension) -> Value:
        outer, self.scope = self.scope, Scope(self.scope, inline=True)
        found: list[tuple[str | None, Value]] = []
        try:
            exact = self._generate(node, 0, found)
        finally:
            self.scope = outer
        if isinstance(node, ast.DictComp):
            return mapping(found)
        return listing((value for _key, value in found), ordered=exact)

    def _generate(self, node: Comprehension, level: int, found: list[tuple[str | None, Value]]) -> bool:
        """Adds the items of a comprehension; gives whether they are all, in order."""
        if level == len(node.generators):
            if isinstance(node, ast.DictComp):
                found.append((_single(self.value(node.key)), self.value(node.value)))
            else:
                found.append((None, self.value(node.elt)))
            return True
        generator = node.generators[level]
        source = self.value(generator.iter)
        exact = source.ordered and not generator.ifs
        for item in unrolled(source):
            self.bind(generator.target, item)
            for test in generator.ifs:
                self.value(test)
            exact = self._generate(node, level + 1, found) and exact
        return exact

    def bind(self, target: ast.expr, value: Value) -> None:
        """Gives a value to a variable, several variables, an attribute or an item."""
        match target:
            case ast.Name(id=name):
                self._bind_name(name, value)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                parts = value.parts if len(value.parts) == len(targets) and not value.keys else ()
                for index, inner in enumerate(targets):
                    self.bind(inner, parts[index] if parts else item_of(value))
            case ast.Starred(value=inner):
                self.bind(inner, listing([value], ordered=False))
            case ast.Attribute(value=owner, attr=name):
                self.value(owner)
                self.attributes[name] = join((self.attributes.get(name, value), value))
            case ast.Subscript():
                key = self.value(target.slice)
                if value != DATA:
                    self.change(target.value, mapping([(_single(key), value)]))


def unrolled(source: Value) -> tuple[Value, ...]:
    """What a loop takes up, item by item; many items are taken as one that may be any of them."""
    items = items_of(source)
    return items if len(items) <= _MOST_UNROLLED else (join(items),)


def from_outside(name: str) -> Value:
    """A name that the program does not define: one of EHRAgent's functions, or anything."""
    return Value(functions=frozenset({name})) if name in FUNCTIONS else UNKNOWN


def _root(node: ast.expr) -> ast.expr:
    """The variable or attribute that an expression such as `a["b"][0]` or `a.setdefault("b", [])` starts from."""
    while True:
        match node:
            case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner, attr="setdefault" | "get")):
                node = inner
            case _:
                return node


def _single(value: Value) -> str | None:
    """The one text that it is; None when it may be another."""
    return next(iter(value.texts)) if len(value.texts) == 1 and not value.unknown else None


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    return None


def _is_empty(node: ast.expr) -> bool:
    """Whether it is None, "" or an empty collection, which only asks if there is anything."""
    match node:
        case ast.Constant(value=found):
            return found in (None, "")
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
    return False
