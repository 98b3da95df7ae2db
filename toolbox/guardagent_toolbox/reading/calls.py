"""What calls mean: EHRAgent's functions, builtins, methods, functions of the program, and everything else."""

from __future__ import annotations

import abc
import ast
from collections.abc import Sequence

from guardagent_toolbox.reading import ehr
from guardagent_toolbox.reading.ehr_access import Arguments, EhrAccess
from guardagent_toolbox.reading.templates import concatenated, formatted, text_method
from guardagent_toolbox.reading.values import (
    DATA,
    HOLE,
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

# They look at their arguments without reading a column.
_MEASURES = frozenset({"len", "isinstance", "type", "bool", "range", "hasattr", "id", "any", "all", "callable"})
# They give their arguments, or items of them, back.
_KEEPS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deepcopy", "copy", "DataFrame",
                    "concat", "merge", "chain", "islice", "deque", "array", "asarray", "isnull", "isna", "notnull",
                    "notna", "unique", "from_records"})  # fmt: skip
_CHOOSES = frozenset({"max", "min", "next", "choice", "first", "last"})
_MAPS = frozenset({"map", "filter", "starmap", "partial", "takewhile", "dropwhile", "groupby"})
# They run text as code, or reach for what no reader of this program sees.
_DANGEROUS = frozenset(
    {"eval", "exec", "compile", "__import__", "import_module", "open", "input", "globals", "locals", "vars", "setattr",
     "breakpoint", "system", "popen", "Popen", "run", "check_output", "check_call", "urlopen", "connect",
     "load_workbook"}
)  # fmt: skip
_RUNS_SQL = frozenset({"execute", "executemany", "executescript", "read_sql", "read_sql_query", "sqldf", "sql"})
_CHANGES = frozenset({"append", "add", "extend", "insert", "update", "appendleft", "extendleft", "setdefault"})


class Calls(EhrAccess):
    """The part of the reader that knows functions."""

    # The methods of all classes of the program, by name: whose instance an object is, is not followed.
    methods: dict[str, Value]
    # What attributes of objects may be, by their name alone.
    attributes: dict[str, Value]

    @abc.abstractmethod
    def invoke(self, function: object, arguments: Arguments) -> Value:
        """What a function of the program gives when it is called like this."""

    @abc.abstractmethod
    def find(self, name: str) -> Value | None:
        """What a name may be; None when the program does not define it."""

    @abc.abstractmethod
    def change(self, node: ast.expr, value: Value) -> None:
        """Adds to what the variable at the root of an expression may hold."""

    def call(self, node: ast.Call) -> Value:
        """What a call gives; everything that it reads is noted."""
        callee = node.func
        if isinstance(callee, ast.Name):
            defined = self.find(callee.id)
            arguments = self._arguments(node)
            if defined is not None:
                return self._apply(node, defined, arguments, callee.id)
            if callee.id in ehr.FUNCTIONS:
                return self.ehr_call(node, callee.id, arguments)
            return self._named(node, callee.id, arguments)
        if isinstance(callee, ast.Attribute):
            receiver = self.value(callee.value)
            arguments = self._arguments(node)
            if callee.attr in ehr.FUNCTIONS and not receiver.tables:
                return self.ehr_call(node, callee.attr, arguments)
            return self._method(node, receiver, callee, arguments)
        return self._apply(node, self.value(callee), self._arguments(node), "")

    def _arguments(self, node: ast.Call) -> Arguments:
        found = Arguments()
        for argument in node.args:
            value = self.value(argument.value if isinstance(argument, ast.Starred) else argument)
            if isinstance(argument, ast.Starred):
                found.places.extend(items_of(value))
            else:
                found.places.append(value)
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                found.names[keyword.arg] = value
            else:
                keys = value.keys or (None,)
                parts = value.parts or (value,)
                found.names.update({key or "**": part for key, part in zip(keys, parts, strict=True)})
        return found

    def _apply(self, node: ast.Call, callee: Value, arguments: Arguments, name: str) -> Value:
        results = []
        for function in callee.functions:
            if isinstance(function, str):
                results.append(self.ehr_call(node, function, arguments))
            else:
                results.append(self.invoke(function, arguments))
        if callee.unknown or not results:
            results.append(self._named(node, name, arguments))
        return join(results)

    def callback(self, function: Value, arguments: Sequence[Value]) -> Value:
        """What functions give that are called with any of the items of the arguments."""
        if not function.functions:
            return DATA
        given = join([item_of(argument) for argument in arguments if not argument.functions])
        results = []
        for target in function.functions:
            if isinstance(target, str):
                results.append(self.ehr_call(self.place, target, Arguments([given, given])))
            else:
                results.append(self.invoke(target, Arguments([given] * _parameters(target))))
        return join(results)

    def _named(self, node: ast.Call, name: str, arguments: Arguments) -> Value:
        """What a function from outside of the program gives, by its name alone."""
        self.step()
        given = arguments.all
        called = [self.callback(argument, given) for argument in given]
        if name in _RUNS_SQL:
            return self.run_sql(node, arguments.get(1 if name == "sqldf" and len(given) > 1 else 0))
        if name in _DANGEROUS or name.startswith("read_"):
            return self.cannot_tell(node, f"`{name}` reads what cannot be seen here")
        if name in _MEASURES:
            return DATA
        if name == "getattr":
            return self._getattr(node, arguments)
        if name in ("enumerate", "zip"):
            return self._paired(name, arguments)
        if name == "reduce":
            return join((*called, *(item_of(a) for a in given if not a.functions)))
        if name in _MAPS:
            return listing([join((*called, *(flat(a) for a in given if not a.functions)))], ordered=False)
        if name == "dict":
            return mapping((*arguments.names.items(), *((None, item_of(item_of(p))) for p in arguments.places)))
        if name in ("str", "format", "repr") and given:
            self.show(*given)
            return concatenated(given[:1])
        if name in _CHOOSES:
            return join([item_of(a) for a in given] if len(given) == 1 or name == "next" else [flat(a) for a in given])
        if name in _KEEPS:
            return self._kept(name, given)
        self.show(*given)
        return UNKNOWN if not given or any(flat(a).unknown for a in given) else DATA

    def _kept(self, name: str, given: Sequence[Value]) -> Value:
        if not given:
            return DATA
        if name in ("copy", "deepcopy") or (name in ("list", "tuple") and not given[0].keys):
            return given[0]
        if given[0].keys and name in ("list", "tuple", "sorted", "set"):
            return listing(text(key) if key is not None else SOME_TEXT for key in given[0].keys)
        # The names of columns to join on are read, whichever of the tables has them.
        rows = join(map(flat, given))
        for option in sorted(rows.texts):
            if self.knows(rows.tables, option):
                self.read_column(rows.tables, option)
        if name in ("merge", "concat", "DataFrame", "from_records"):
            return Value(rows=rows.rows, picked=rows.picked, unknown=rows.unknown)
        return listing([join([item_of(a) for a in given])], ordered=False)

    def _paired(self, name: str, arguments: Arguments) -> Value:
        columns = [items_of(value) for value in arguments.places]
        if name == "enumerate":
            return listing(
                (listing((DATA, item)) for item in (columns[0] if columns else ())), ordered=_is_known(arguments)
            )
        if columns and all(value.ordered and value.parts for value in arguments.places):
            return listing(listing(row) for row in zip(*columns, strict=False))
        return listing([listing(join(column) for column in columns)], ordered=False)

    def _getattr(self, node: ast.AST, arguments: Arguments) -> Value:
        owner, name = arguments.get(0) or DATA, arguments.get(1) or DATA
        if not owner.tables:
            return self.cannot_tell(node, "`getattr` on something that is no table")
        if name.texts:
            self.read_texts(owner, name)
        else:
            self.reads.read_all(owner.tables)
        return DATA

    def _method(self, node: ast.Call, receiver: Value, callee: ast.Attribute, arguments: Arguments) -> Value:
        self.step()
        name = callee.attr
        if receiver.tables and name not in _CHANGES:
            return self.table_method(receiver, name, arguments.places, arguments.names)
        if receiver.functions:
            self.cannot_tell(node, f"`{name}` of a function")
        changed = [self._change(receiver, callee, arguments)] if name in _CHANGES else []
        method = self.methods.get(name)
        if method is not None and not (receiver.texts or receiver.parts):
            whole = Arguments([UNKNOWN, *arguments.places], arguments.names)
            return join((*changed, self._apply(node, method, whole, name)))
        kept = self.attributes.get(name, DATA)
        if kept.functions and not (receiver.texts or receiver.parts):
            return join((*changed, self._apply(node, kept, arguments, name)))
        if changed:
            return changed[0]
        results = []
        if receiver.texts:
            if name == "format":
                self.show(*arguments.all)
                results.append(formatted(receiver, arguments.places, arguments.names))
            else:
                if name == "join":
                    self.show(*arguments.all)
                results.append(text_method(receiver, name, arguments.places))
        if receiver.parts:
            results.append(self._container_method(receiver, name, arguments))
        if not results or (receiver.unknown and name not in ("get", "items", "values", "keys")):
            results.append(self._named(node, name, arguments))
        return join(results)

    def _change(self, receiver: Value, callee: ast.Attribute, arguments: Arguments) -> Value:
        """`append` and its like: the variable may hold the arguments from now on."""
        name = callee.attr
        given = arguments.all
        if name in ("extend", "update", "extendleft"):
            added = join(
                Value(parts=a.parts, keys=a.keys) if a.keys else listing(items_of(a), ordered=False) for a in given
            )
        elif name == "setdefault":
            added = mapping([(_only_text(arguments.get(0)), arguments.get(1) or DATA)])
        else:
            added = listing([join(given)], ordered=False)
        if added != DATA:
            self.change(callee.value, added)
        if receiver.tables:
            return join((receiver, *map(flat, given)))
        return join((item_of(receiver), *given[1:])) if name == "setdefault" else DATA

    def _container_method(self, receiver: Value, name: str, arguments: Arguments) -> Value:
        if name == "items":
            keys = receiver.keys or (None,) * len(receiver.parts)
            pairs = zip(keys, receiver.parts, strict=True)
            return listing(listing((SOME_TEXT if key is None else text(key), part)) for key, part in pairs)
        if name == "values":
            return listing(receiver.parts)
        if name == "keys":
            return listing(items_of(receiver), ordered=False)
        if name in ("get", "pop", "popitem", "popleft"):
            return join((self.lookup(receiver, arguments.get(0) or DATA), *arguments.all[1:]))
        if name in ("copy", "sort", "reverse"):
            return receiver
        return DATA

    def lookup(self, container: Value, key: Value) -> Value:
        """What a mapping or list holds under a key."""
        if container.keys and key.texts and not any(HOLE in option for option in key.texts):
            pairs = zip(container.keys, container.parts, strict=True)
            found = [part for name, part in pairs if name is None or name in key.texts]
            if found:
                return join(found)
        return join(container.parts)


def _only_text(value: Value | None) -> str | None:
    options = value.texts if value is not None else frozenset()
    return next(iter(options)) if len(options) == 1 and HOLE not in next(iter(options)) else None


def _is_known(arguments: Arguments) -> bool:
    return bool(arguments.places) and arguments.places[0].ordered


def _parameters(function: object) -> int:
    node = getattr(function, "node", None)
    return len(node.args.posonlyargs) + len(node.args.args) if isinstance(node, ast.Lambda | ast.FunctionDef) else 1
