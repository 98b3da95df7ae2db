"""Calls in the guard language: what may be called, and with what."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from guardagent_toolbox.language.advice import unknown_function, unknown_method
from guardagent_toolbox.language.instead import instead_of_call
from guardagent_toolbox.language.literals import is_none
from guardagent_toolbox.language.outline import Outline
from guardagent_toolbox.language.scopes import Refuse, only_parameter
from guardagent_toolbox.language.trees import walk
from guardagent_toolbox.runtime.answers import ANSWER_FUNCTIONS, is_pointer
from guardagent_toolbox.vocabulary import (
    BUILTINS,
    CHANGERS,
    CONSUMERS,
    KEYED,
    MAX_ARGUMENTS,
    METHOD_KEYWORDS,
    METHOD_NAMES,
    TYPE_NAMES,
)

_SIGNATURES: Final = {name: inspect.signature(function) for name, function in ANSWER_FUNCTIONS.items()}


class CallRules:
    """Checks one call after another; errors go to `refuse`."""

    def __init__(self, outline: Outline, tools: Mapping[str, Callable[..., object]], refuse: Refuse) -> None:
        self._locals: frozenset[str] = frozenset()
        self._constants = outline.constants
        self._functions = outline.functions
        self._clauses = outline.clauses
        self._helpers = outline.helpers
        self._tools = tools
        self._refuse = refuse
        self._given: dict[str, bool] = {}

    def check(self, node: ast.Call, local_names: frozenset[str]) -> Iterable[ast.expr]:
        """Checks callee and form of the call; gives the parts that are still to be visited."""
        self._locals = local_names
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self._refuse(node, "`*` in a call is not available; pass each argument by itself")
        if any(keyword.arg is None for keyword in node.keywords):
            self._refuse(node, "`**` in a call is not available; pass each argument by itself")
        if len(node.args) + len(node.keywords) > MAX_ARGUMENTS:
            self._refuse(node, f"a call has at most {MAX_ARGUMENTS} arguments; put the values into a list or dict")
        if isinstance(node.func, ast.Name):
            return self._check_function(node, node.func.id)
        if isinstance(node.func, ast.Attribute):
            return self._check_method(node, node.func)
        self._refuse(node, "a function is called by its name: `name(...)`")
        return _values(node)

    def unused(self, node: ast.Call) -> str:
        """Why the result of a call may not be thrown away; empty when it may."""
        func = node.func
        if isinstance(func, ast.Attribute):
            return "" if func.attr in CHANGERS else "this value is not used; assign it, return it or remove it"
        name = func.id if isinstance(func, ast.Name) else ""
        if name in ANSWER_FUNCTIONS:
            return f"this answer is lost; write `return {name}(...)`"
        if name in self._functions and not self._gives_value(name):
            return ""
        return f"the result of `{name}(...)` is not used; assign it, return it or remove the call"

    def _gives_value(self, name: str) -> bool:
        if name not in self._given:
            self._given[name] = _gives_value(self._functions[name])
        return self._given[name]

    def _check_function(self, node: ast.Call, name: str) -> Iterable[ast.expr]:
        if name in self._clauses:
            self._refuse(node, f"clauses do not call each other; move what `{name}` shares into a helper")
        elif name in self._functions:
            self._check_arguments(node, name, _signature_of(self._functions[name]))
        elif name in ANSWER_FUNCTIONS:
            self._check_arguments(node, name, _SIGNATURES[name])
            self._check_evidence(node)
        elif name in self._tools:
            self._check_arguments(node, name, inspect.signature(self._tools[name]))
        elif name == "isinstance":
            return self._check_isinstance(node)
        elif name not in BUILTINS:
            self._refuse(node, unknown_function(name, self._tools, self._helpers, instead_of_call(node.func)))
        return self._rest(node, takes_generator=name in CONSUMERS, takes_key=name in KEYED)

    def _check_method(self, node: ast.Call, func: ast.Attribute) -> Iterable[ast.expr]:
        instead = instead_of_call(func) if self._is_module(func.value) else ""
        if instead:
            self._refuse(node, f"`{_dotted(func)}(...)` is not available; write {instead}")
            return self._rest(node, takes_generator=False, takes_key=False)
        if func.attr not in METHOD_NAMES:
            self._refuse(node, unknown_method(func.attr))
        elif node.keywords and func.attr not in METHOD_KEYWORDS:
            self._refuse(node, f"`.{func.attr}(...)` takes no arguments by name; write the values in order")
        rest = self._rest(node, takes_generator=func.attr == "join", takes_key=func.attr == "sort")
        return [func.value, *rest]

    def _is_module(self, node: ast.expr) -> bool:
        """Whether it begins with a name that the program does not define, as the name of a module would."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._locals and node.id not in self._constants

    def _rest(self, node: ast.Call, *, takes_generator: bool, takes_key: bool) -> Iterable[ast.expr]:
        """The arguments that are still to be visited; names of functions as `key=` are not among them."""
        keys = [keyword.value for keyword in node.keywords if keyword.arg == "key" and takes_key]
        first = node.args[0] if node.args and takes_generator else None
        for value in _values(node):
            if isinstance(value, ast.GeneratorExp) and value is not first:
                self._refuse(value, "a generator stands only inside `any(...)`, `sum(...)` and the like; write `[...]`")
            if isinstance(value, ast.Lambda) and value not in keys:
                self._refuse(value, "`lambda` is only available as `key=`; define a helper function with `def`")
        for key in keys:
            self._check_key(key)
        return [value for value in _values(node) if not (value in keys and isinstance(value, ast.Name))]

    def _check_key(self, key: ast.expr) -> None:
        if isinstance(key, ast.Lambda):
            if only_parameter(key.args) is None:
                self._refuse(key, "a key is `lambda item: ...` with one parameter")
        elif isinstance(key, ast.Name):
            if key.id not in self._helpers and key.id not in self._tools and key.id not in BUILTINS:
                self._refuse(key, f"`{key.id}` is no function that can be a key; write `key=lambda item: ...`")
        elif not is_none(key):
            self._refuse(key, "a key is the name of a function or `lambda item: ...`")

    def _check_isinstance(self, node: ast.Call) -> Iterable[ast.expr]:
        kinds = node.args[1] if len(node.args) == 2 and not node.keywords else None
        names = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        if not all(isinstance(name, ast.Name) and name.id in TYPE_NAMES for name in names):
            self._refuse(
                node, f"write `isinstance(value, str)` or a tuple of these types: {', '.join(sorted(TYPE_NAMES))}"
            )
        return node.args[:1]

    def _check_arguments(self, node: ast.Call, name: str, signature: inspect.Signature) -> None:
        named = {keyword.arg: None for keyword in node.keywords if keyword.arg}
        try:
            signature.bind(*node.args, **named)
        except TypeError as error:
            shown = ", ".join(str(p.replace(annotation=p.empty)) for p in signature.parameters.values())
            self._refuse(node, f"{error}; it is written `{name}({shown})`")

    def _check_evidence(self, node: ast.Call) -> None:
        """Pointers that are written out are checked now, the others when the program runs."""
        bound = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "evidence")]
        for value in bound:
            for pointer in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
                if isinstance(pointer, ast.Constant) and not is_pointer(pointer.value):
                    self._refuse(pointer, 'evidence is a list of JSON pointers such as "/user/role"')


def _dotted(node: ast.expr) -> str:
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "?")


def _values(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _signature_of(node: ast.FunctionDef) -> inspect.Signature:
    """The signature of a helper, with `...` for every default."""
    names = [arg.arg for arg in node.args.args]
    first_default = len(names) - len(node.args.defaults)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            inspect.Parameter(name, kind, default=... if number >= first_default else inspect.Parameter.empty)
            for number, name in enumerate(dict.fromkeys(names))
        ]
    )


def _gives_value(node: ast.FunctionDef) -> bool:
    returns = [part for part in walk(node) if isinstance(part, ast.Return)]
    return any(
        r.value is not None and not (isinstance(r.value, ast.Constant) and r.value.value is None) for r in returns
    )
