"""Who may do what: values of an event, needed against allowed, rules on actions."""

from __future__ import annotations

from guardagent_toolbox.reading.json_text import read_json
from guardagent_toolbox.reading.plain import as_dict, as_text, texts_in
from guardagent_toolbox.reading.pointers import MISSING, at_pointer
from guardagent_toolbox.reading.rules import broken_rules
from guardagent_toolbox.spec import tool

UNREADABLE = "unreadable"
_LONGEST_JSON = 65_536


@tool(group="access")
def value_at(event: dict[str, object], pointer: str, default: object = None) -> object:
    """The value at a JSON pointer such as "/user/role" or "/items/0/price"; `default` where there is none.

    >>> value_at({"user": {"role": "nurse"}}, "/user/role")
    'nurse'
    >>> value_at({"user": None}, "/user/role", "unknown")
    'unknown'
    """
    path = as_text(pointer)
    found = MISSING if path is None else at_pointer(event, path)
    return default if found is MISSING else found


@tool(group="access")
def parse_json(text: str) -> object:
    """The value of a JSON text; None when it is not exactly one, or when readers could disagree on it.

    So are texts with a key that stands twice in an object, NaN, or a number that a program cannot hold. `null` is None,
    too.

    >>> parse_json('{"a": [1, true]}'), parse_json("{'a': 1}"), parse_json('{"a": 1, "a": 2}')
    ({'a': [1, True]}, None, None)
    """
    given = as_text(text)
    return None if given is None or len(given) > _LONGEST_JSON else read_json(given)


@tool(group="access")
def check_access(allowed: dict[str, list[str]], needed: dict[str, list[str]] | None) -> dict[str, list[str]]:
    """What of `needed` is missing in `allowed`, by table; {} when all of it is allowed.

    Names are compared without regard to case. `["*"]` in `allowed` stands for all columns of that table. A table that
    is not allowed is missing even when no column of it is needed. Needs that could not be read (None, or the key "?"
    that `columns_accessed` and `sql_columns` give) are always missing.

    >>> check_access({"lab": ["labname"]}, {"lab": ["labname", "labresult"], "cost": ["cost"]})
    {'cost': ['cost'], 'lab': ['labresult']}
    >>> check_access({"lab": ["*"]}, {"lab": ["labname"]})
    {}
    >>> check_access({"lab": ["*"]}, None)
    {'?': ['unreadable']}
    """
    wanted = as_dict(needed)
    if wanted is None:
        return {"?": [UNREADABLE]}
    rights = _rights(allowed)
    missing: dict[str, list[str]] = {}
    for table in sorted(wanted, key=_name_of):
        columns = texts_in(wanted[table])
        name = _name_of(table)
        held = rights.get(name.casefold())
        if columns is None:
            missing[name] = [UNREADABLE]
        elif held is None or name == "?":
            missing[name] = sorted(columns)
        elif "*" not in held:
            lacking = sorted(column for column in columns if column.casefold() not in held)
            if lacking:
                missing[name] = lacking
    return missing


def _name_of(table: object) -> str:
    return table if isinstance(table, str) else "?"


def _rights(allowed: object) -> dict[str, set[str]]:
    """The allowed columns by table, folded; what is not a table of texts allows nothing."""
    if not isinstance(allowed, dict):
        return {}
    rights: dict[str, set[str]] = {}
    for table, columns in allowed.items():
        if isinstance(table, str):
            rights.setdefault(table.casefold(), set()).update(c.casefold() for c in texts_in(columns) or ())
    return rights


@tool(group="access")
def check_rule(rules: list[dict[str, object]], action: str, user: dict[str, object]) -> list[str]:
    """The texts of the rules that `user` breaks by doing `action`, in order; [] when none is broken.

    Each rule is {"actions": [...], "needs": {...}, "text": "..."}: whoever does one of the actions must meet all needs.
    A need is a field of `user` with the value that it must have, or with limits: {"at_least": 18}, {"at_most": 5},
    {"more_than": 0}, {"less_than": 10}, {"one_of": [...]}, {"not_one_of": [...]}. Texts are compared without regard to
    case. A missing field, or one of another type, does not meet its need; true is not "true" and not 1. A rule without
    "actions" applies to every action. A rule that cannot be read is broken by everybody.

    >>> RULES = [{"actions": ["rent a car"], "needs": {"age": {"at_least": 18}}, "text": "Only adults rent cars."}]
    >>> check_rule(RULES, "Rent a car", {"age": 17})
    ['Only adults rent cars.']
    >>> check_rule(RULES, "book a flight", {"age": 17})
    []
    """
    return broken_rules(rules, action, user)
