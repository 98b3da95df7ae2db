"""The words of the guard language: node types, names, methods, limits, and what to write instead of the rest."""

from __future__ import annotations

import ast
import re
from typing import Final

# For a syntax error CPython opens the file of this name to quote the line, and opening ends a confined worker. A name
# that no file system can encode is never opened.
FILENAME: Final = "<guard>\ud800"

# Tables of roles, columns and exemplar phrases are long but harmless, so literal constants of the module are counted
# apart from code. Realistic programs have up to 2,500 nodes of code; one per SQL dialect would pass 4,000.
MAX_SOURCE_BYTES: Final = 48 * 1024
MAX_CODE_NODES: Final = 6_000
MAX_LITERAL_NODES: Final = 20_000
MAX_DEPTH: Final = 25
MAX_ELIFS: Final = 60
MAX_INTEGER: Final = 10**15
MAX_TEXT: Final = 2_000
MAX_NAME: Final = 64
MAX_WIDTH: Final = 100
# Python compiles calls with more, and f-strings with more parts, to instructions that look up attributes.
MAX_ARGUMENTS: Final = 25
MAX_PARTS: Final = 25
MAX_ERRORS: Final = 20

NODES: Final[frozenset[type[ast.AST]]] = frozenset(
    {
        ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.If,
        ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp,
        ast.Dict, ast.Set, ast.List, ast.Tuple, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
        ast.comprehension, ast.Compare, ast.Call, ast.keyword, ast.FormattedValue, ast.JoinedStr, ast.Constant,
        ast.Attribute, ast.Subscript, ast.Slice, ast.Name, ast.NamedExpr, ast.Starred,
        ast.Load, ast.Store,
        ast.And, ast.Or, ast.Not, ast.UAdd, ast.USub,
        ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitOr, ast.BitAnd, ast.BitXor,
        ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn,
    }
)  # fmt: skip

TYPE_NAMES: Final = frozenset({"str", "int", "float", "bool", "list", "dict", "set", "tuple"})
BUILTINS: Final = TYPE_NAMES | frozenset(
    {"len", "sorted", "min", "max", "sum", "any", "all", "abs", "round", "enumerate", "zip", "range", "reversed",
     "isinstance"}
)  # fmt: skip
ANSWERS: Final = frozenset({"violation", "not_applicable", "escalate", "redact"})

# Builtins that take a whole collection; only these, and `join`, may be given a generator expression.
CONSUMERS: Final = frozenset({"any", "all", "sum", "min", "max", "sorted", "list", "set", "tuple", "dict"})
KEYED: Final = frozenset({"sorted", "min", "max"})

STR_METHODS: Final = frozenset(
    {"lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "split", "rsplit",
     "splitlines", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix", "replace",
     "find", "rfind", "index", "rindex", "count", "join", "zfill", "isdigit", "isalpha", "isalnum", "isspace",
     "isupper", "islower", "istitle", "isnumeric", "isdecimal", "isascii", "isidentifier", "isprintable"}
)  # fmt: skip
LIST_METHODS: Final = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "index", "count", "copy"}
)
DICT_METHODS: Final = frozenset({"get", "keys", "values", "items", "copy", "pop", "setdefault", "update", "clear"})
SET_METHODS: Final = frozenset(
    {"add", "discard", "remove", "update", "clear", "union", "intersection", "difference", "symmetric_difference",
     "intersection_update", "difference_update", "issubset", "issuperset", "isdisjoint", "copy"}
)  # fmt: skip
TUPLE_METHODS: Final = frozenset({"index", "count"})
FLOAT_METHODS: Final = frozenset({"is_integer"})
METHODS: Final[dict[type, frozenset[str]]] = {
    str: STR_METHODS,
    list: LIST_METHODS,
    dict: DICT_METHODS,
    set: SET_METHODS,
    tuple: TUPLE_METHODS,
    float: FLOAT_METHODS,
}
METHOD_NAMES: Final = frozenset().union(*METHODS.values())
# The methods that may be given arguments by name.
METHOD_KEYWORDS: Final = frozenset({"split", "rsplit", "splitlines", "sort", "update"})

# Methods that are called for what they change; every other result must be used.
CHANGERS: Final = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "setdefault", "update", "add",
     "discard", "intersection_update", "difference_update"}
)  # fmt: skip

CLAUSE_FUNCTION: Final = re.compile(r"clause_(c[1-9][0-9]{0,3})\Z", re.ASCII)
PLAIN_NAME: Final = re.compile(r"(_|[A-Za-z][A-Za-z0-9_]*)\Z", re.ASCII)
FORMAT_SPEC: Final = re.compile(r"(.?[<>=^])?[-+ ]?#?0?([0-9]{1,4})?[,_]?(\.[0-9]{1,4})?[bdeEfFgGosxX%]?\Z", re.DOTALL)

# RestrictedPython gives these names a meaning of its own.
RESERVED: Final = frozenset({"print", "printed", "builtins", "breakpoint", "exec", "eval", "FACTS"})

INSTEAD_OF_NODE: Final[dict[str, str]] = {
    "Import": "`import` is not available",
    "ImportFrom": "`import` is not available",
    "ClassDef": "`class` is not available; use dicts and helper functions",
    "While": "`while` is not available; use `for` over a list or `range(...)`, with `break`",
    "Try": "`try` is not available; tools give None instead of raising, so test the value with `is None`",
    "TryStar": "`try` is not available; tools give None instead of raising, so test the value with `is None`",
    "Raise": "`raise` is not available; `return violation(...)` or `return escalate(...)`",
    "Assert": "`assert` is not available; use `if` and `return violation(...)`",
    "With": "`with` is not available",
    "Global": "`global` is not available; pass values as arguments and return the result",
    "Nonlocal": "`nonlocal` is not available; pass values as arguments and return the result",
    "Yield": "`yield` is not available; build a list and return it",
    "YieldFrom": "`yield` is not available; build a list and return it",
    "Match": "`match` is not available; use `if` and `elif`",
    "Delete": "`del` is not available; use `d.pop(key, None)` or build a new dict",
    "AsyncFunctionDef": "`async` is not available; write a plain `def`",
    "AsyncFor": "`async` is not available; write a plain `for`",
    "AsyncWith": "`async` is not available",
    "Await": "`await` is not available; call the function directly",
    "AnnAssign": "this annotation is not available; write a plain assignment",
    "Pow": "`**` is not available; multiply, or write the number out",
    "LShift": "`<<` is not available; multiply instead",
    "RShift": "`>>` is not available; use `//` instead",
    "MatMult": "`@` is not available",
    "Invert": "`~` is not available; use `not`",
    "Lambda": "`lambda` is only available as `key=`; define a helper function with `def`",
    "Starred": "`*` is only available in `first, *rest = values`; pass each argument by itself",
}

# The tools that do what a module or class does; only those that exist are mentioned.
INSTEAD_OF_NAME: Final[dict[str, tuple[str, ...]]] = {
    "re": ("matches", "find_all"),
    "datetime": ("parse_date", "days_between", "parse_moment"),
    "date": ("parse_date", "days_between"),
    "timedelta": ("add_days", "days_between"),
    "time": ("parse_time", "parse_moment"),
    "Decimal": ("parse_money", "parse_number", "compare_numbers"),
    "decimal": ("parse_money", "parse_number", "compare_numbers"),
    "Fraction": ("parse_number", "compare_numbers", "times"),
    "fractions": ("parse_number", "compare_numbers", "times"),
    "urlsplit": ("parse_url", "host_matches"),
    "urlparse": ("parse_url", "host_matches"),
    "urllib": ("parse_url", "host_matches"),
    "posixpath": ("parse_path", "path_within"),
    "os": ("parse_path", "path_within"),
    "pathlib": ("parse_path", "path_within"),
    "sqlglot": ("read_sql", "sql_columns"),
    "sqlparse": ("read_sql", "sql_columns"),
    "ast": ("read_python", "columns_accessed"),
    "json": ("parse_json",),
    "zoneinfo": ("local_time",),
    "email": ("parse_address",),
    "phonenumbers": ("parse_phone",),
    "ipaddress": ("parse_url",),
    "fnmatch": ("matches",),
    "markdown": ("read_markdown",),
    "math": ("times", "total"),
    "unicodedata": ("normalise", "fold"),
    "shlex": ("read_shell",),
}
INSTEAD_OF_BUILTIN: Final[dict[str, str]] = {
    "map": "write a comprehension: `[f(x) for x in values]`",
    "filter": "write a comprehension: `[x for x in values if test(x)]`",
    "type": "use `isinstance(value, str)`",
    "getattr": 'events are dicts: use `event["user"]` or `value_at(event, "/user")`',
    "hasattr": 'events are dicts: use `"role" in event["user"]`',
    "print": "return the text in `violation(message)`",
    "repr": 'use an f-string: `f"{value!r}"`',
    "format": "use an f-string",
    "next": "write a loop, or take the first item of a list",
    "iter": "loop over the list itself",
    "pow": "multiply instead",
    "divmod": "use `//` and `%`",
    "open": "a program sees nothing but its event",
    "eval": "a program sees nothing but its event",
    "exec": "a program sees nothing but its event",
    "callable": "functions are not values here",
    "object": "use None as a marker",
    "bytes": "compare texts",
    "Exception": "return `violation(...)` instead of raising",
}
INSTEAD_OF_METHOD: Final[dict[str, str]] = {
    "format": "use an f-string",
    "format_map": "use an f-string",
    "encode": "compare texts; `count_bytes(text)` is the length in bytes",
    "decode": "compare texts",
    "translate": "use `.replace(...)` or a comprehension over the characters",
    "ljust": "use an f-string with a width",
    "rjust": "use an f-string with a width",
    "center": "use an f-string with a width",
    "popitem": "use `.pop(key, None)`",
    "search": "use the tool `matches(pattern, text)`",
    "match": "use the tool `matches(pattern, text)`",
    "fullmatch": "use the tool `matches(pattern, text)`",
    "findall": "use the tool `find_all(pattern, text)`",
    "finditer": "use the tool `find_all(pattern, text)`",
    "group": 'use the tool `find_all(pattern, text)`, whose places have `["text"]`',
    "sub": "use `.replace(...)` or the tool `replace_all(pattern, new, text)`",
    "weekday": "use the tool `weekday(day)`",
    "isoformat": "dates and moments are texts already",
}
