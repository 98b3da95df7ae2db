"""Follows tables through a Python program without running it.

Each path is taken: both branches of an `if`, a loop body twice, a function where it is called. A name then stands for
everything that it may be at that point. What a program reads of tables is noted in `reads`; what could read anything
without saying what is noted there as unknown, with its line, so that a policy can refuse it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from guardagent_toolbox.reading.ehr_access import Arguments
from guardagent_toolbox.reading.expressions import Expressions, Function, FunctionNode, Scope, from_outside, unrolled
from guardagent_toolbox.reading.schema import Reads
from guardagent_toolbox.reading.values import DATA, UNKNOWN, Value, flat, join, listing, mapping

_MOST_NESTED_CALLS = 6


class Walker(Expressions):
    """Goes through one program, statement by statement."""

    def __init__(self, reads: Reads, made: frozenset[str]) -> None:
        super().__init__(reads, made)
        self._returned: list[list[Value]] = []
        self._running: list[FunctionNode] = []
        self._run: set[FunctionNode] = set()

    def program(self, tree: ast.Module) -> None:
        """Reads a whole program; what is left in `answer`, or stands on the last line, is taken to be seen."""
        self._body(tree.body)
        if self.attributes or self.methods:
            # What methods leave in attributes is read elsewhere, perhaps in lines that stand further up.
            self._body(tree.body)
        for method in self.methods.values():
            if not any(isinstance(f, Function) and f.node in self._run for f in method.functions):
                # Python itself, or whoever is handed the object, may call it with anything.
                self.callback(method, [UNKNOWN])
        self.show(self.find("answer") or DATA)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            self.show(self.value(tree.body[-1].value))

    def _body(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.step()
            self.place = statement
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self.bind(target, found)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, self.value(value))
            case ast.AugAssign(target=target, op=op, value=value):
                load = ast.copy_location(ast.BinOp(left=target, op=op, right=value), node)
                self.bind(target, self.value(load))
            case ast.For() | ast.AsyncFor():
                self._for(node)
            case ast.While(test=test, body=body, orelse=orelse):
                self._repeat([lambda: self._loop_body(test, body)] * 2)
                self._body(orelse)
            case ast.If(test=test, body=body, orelse=orelse):
                self.value(test)
                self._branches([lambda: self._body(body), lambda: self._body(orelse)])
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.Return(value=ast.expr() as value):
                found = self.value(value)
                if self._returned:
                    self._returned[-1].append(found)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    self.scope.names[alias.asname or alias.name.partition(".")[0]] = from_outside(alias.name)
            case ast.Global(names=shared) | ast.Nonlocal(names=shared):
                self.scope.shared.update(shared)
            case ast.With() | ast.AsyncWith():
                self._with(node)
            case ast.Match(subject=subject, cases=cases):
                found = self.value(subject)
                self._branches([lambda case=case: self._case(case, found) for case in cases])  # type: ignore[misc]
            case _:
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.expr):
                        self.value(part)

    def _branches(self, branches: Sequence[Callable[[], None]]) -> None:
        """Runs each branch from the same start; afterwards a name may be what any of them made it."""
        start = self.scope.names
        ends = []
        for branch in branches:
            self.scope.names = dict(start)
            branch()
            ends.append(self.scope.names)
        start.update(_merged(ends))
        self.scope.names = start

    def _repeat(self, rounds: Sequence[Callable[[], None]], *, at_least_once: bool = False) -> None:
        """Runs each round after the other; afterwards a name may be what any of them made it."""
        ends = [] if at_least_once else [dict(self.scope.names)]
        for run in rounds:
            run()
            ends.append(dict(self.scope.names))
        self.scope.names.update(_merged(ends))

    def _loop_body(self, test: ast.expr, body: Sequence[ast.stmt]) -> None:
        self.value(test)
        self._body(body)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.value(node.iter)
        items = unrolled(source)
        known = source.ordered and len(items) == len(source.parts)

        def take(item: Value) -> None:
            self.bind(node.target, item)
            self._body(node.body)

        rounds = [lambda item=item: take(item) for item in (items if known else items * 2)]
        self._repeat(rounds, at_least_once=known)
        self._body(node.orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        before = dict(self.scope.names)
        self._body(node.body)
        after = dict(self.scope.names)
        self._branches([lambda: self._body(node.orelse), *(self._handler(h, before, after) for h in node.handlers)])
        self._body(node.finalbody)

    def _handler(
        self, node: ast.ExceptHandler, before: dict[str, Value], after: dict[str, Value]
    ) -> Callable[[], None]:
        def run() -> None:
            self.scope.names.update(_merged([before, after]))
            if node.name:
                self.scope.names[node.name] = DATA
            self._body(node.body)

        return run

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            found = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, found)
        self._body(node.body)

    def _case(self, case: ast.match_case, subject: Value) -> None:
        for part in ast.walk(case.pattern):
            captured = part.name if isinstance(part, ast.MatchAs | ast.MatchStar) else None
            if captured:
                self.scope.names[captured] = flat(subject)
        if case.guard is not None:
            self.value(case.guard)
        self._body(case.body)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        function = Value(functions=frozenset({Function(node, self.scope)}))
        self.scope.names[node.name] = function
        for decorator in node.decorator_list:
            # Whatever decorates a function may call it with anything.
            self.value(decorator)
            self.callback(function, [UNKNOWN])

    def _class(self, node: ast.ClassDef) -> None:
        outer, self.scope = self.scope, Scope(self.scope)
        try:
            self._body(node.body)
            members = dict(self.scope.names)
            for name, member in members.items():
                known = self.methods if member.functions else self.attributes
                known[name] = join((known.get(name, member), member))
        finally:
            self.scope = outer
        start = members.get("__init__", DATA).functions
        made = frozenset(Function(f.node, f.scope, makes_object=True) for f in start if isinstance(f, Function))
        self.scope.names[node.name] = Value(functions=made) if made else UNKNOWN

    def invoke(self, function: object, arguments: Arguments) -> Value:
        """What a function of the program gives when it is called like this."""
        self.step()
        if not isinstance(function, Function):
            return UNKNOWN
        node = function.node
        self._run.add(node)
        if len(self._running) >= _MOST_NESTED_CALLS or self._running.count(node) > 1:
            self.show(*arguments.all)
            return UNKNOWN
        outer, self.scope = self.scope, Scope(function.scope)
        self._running.append(node)
        self._returned.append([])
        try:
            places = [UNKNOWN, *arguments.places] if function.makes_object else arguments.places
            self._bind_parameters(node.args, Arguments(places, arguments.names))
            if isinstance(node, ast.Lambda):
                return self.value(node.body)
            self._body(node.body)
            if function.makes_object:
                return UNKNOWN
            return join((*self._returned[-1], *self._yielded(node)))
        finally:
            self._returned.pop()
            self._running.pop()
            self.scope = outer

    def _yielded(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Value]:
        for part in ast.walk(node):
            if isinstance(part, ast.Yield | ast.YieldFrom) and part.value is not None:
                found = self.value(part.value)
                yield listing([found], ordered=False) if isinstance(part, ast.Yield) else found

    def _bind_parameters(self, parameters: ast.arguments, arguments: Arguments) -> None:
        names = self.scope.names
        listed = [*parameters.posonlyargs, *parameters.args]
        defaults = [None] * (len(listed) - len(parameters.defaults)) + list(parameters.defaults)
        optional = [
            *zip(listed, defaults, strict=True),
            *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
        ]
        for parameter, default in optional:
            names[parameter.arg] = UNKNOWN if default is None else self.value(default)
        for parameter, value in zip(listed, arguments.places, strict=False):
            names[parameter.arg] = value
        if parameters.vararg:
            names[parameters.vararg.arg] = listing(arguments.places[len(listed) :])
        extra = []
        for name, value in arguments.names.items():
            if any(name == parameter.arg for parameter, _default in optional):
                names[name] = value
            else:
                extra.append((name, value))
        if parameters.kwarg:
            names[parameters.kwarg.arg] = mapping(extra)


def made_columns(tree: ast.Module) -> frozenset[str]:
    """The names that a program gives to columns of its own, as in `table["year"] = …`."""
    stored: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.slice, ast.Constant):
            stored.add(str(node.slice.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("assign", "agg", "aggregate"):
                stored.update(keyword.arg for keyword in node.keywords if keyword.arg)
            elif node.func.attr in ("rename", "reset_index", "to_frame", "set_axis"):
                stored.update(str(c.value) for c in ast.walk(node) if isinstance(c, ast.Constant))
    return frozenset(stored)


def _merged(states: Sequence[dict[str, Value]]) -> dict[str, Value]:
    names = dict.fromkeys(name for state in states for name in state)
    return {name: join([state[name] for state in states if name in state]) for name in names}
