"""What to write instead of a call that other Python has, word for word."""

from __future__ import annotations

import ast
from typing import Final

from guardagent_toolbox.vocabulary import INSTEAD_OF_NODE

_MATCHES: Final = "`matches(pattern, text)`, which is True or False"
_PATH: Final = "`parse_path(text)`, or `path_within(path, folder)`"
_URL: Final = '`parse_url(text)`, a dict with "host", or `host_matches(url, hosts)`'
_NUMBER: Final = "`parse_number(value)`, which is None for what is no number"
_MOMENT: Final = "`parse_moment(text)`, or `parse_date(text)`; both compare by `<`"
_CLOCK: Final = "the time that the event holds; there is no clock"
_COUNTS: Final = "`counts[key] = counts.get(key, 0) + 1`"

# By the last two parts of a dotted name, or the bare name of an imported function.
CALLS: Final[dict[str, str]] = {
    "re.search": _MATCHES,
    "re.match": f'{_MATCHES}; begin the pattern with "^"',
    "re.fullmatch": f'{_MATCHES}; put the pattern between "^(?:" and ")$"',
    "re.findall": "`find_all(pattern, text)`",
    "re.finditer": "`find_all(pattern, text)`",
    "re.sub": "`replace_all(pattern, new, text)`",
    "re.split": "`text.split(...)`, or `find_all(pattern, text)` for what is between",
    "re.compile": "the pattern as a text constant, and `matches(PATTERN, text)`",
    "re.escape": "`contains_any(text, phrases)`, which takes plain phrases",
    "date.fromisoformat": "`parse_date(text)`, which compares by `<`",
    "datetime.fromisoformat": _MOMENT,
    "datetime.strptime": _MOMENT,
    "date.today": _CLOCK,
    "datetime.now": _CLOCK,
    "datetime.utcnow": _CLOCK,
    "datetime.today": _CLOCK,
    "time.time": _CLOCK,
    "date": '`parse_date(text)`, or the date as a text such as "2025-03-05"',
    "datetime": _MOMENT,
    "timedelta": "`add_days(day, days)`, `days_between(first, second)` or `seconds_between(first, second)`",
    "ZoneInfo": "`local_time(moment, zone)`",
    "json.loads": "`parse_json(text)`",
    "json.dumps": "`all_text(value)`",
    "Decimal": _NUMBER,
    "Fraction": _NUMBER,
    "urlsplit": _URL,
    "urlparse": _URL,
    "parse.urlsplit": _URL,
    "parse.urlparse": _URL,
    "posixpath.normpath": _PATH,
    "posixpath.join": _PATH,
    "posixpath.commonpath": _PATH,
    "path.normpath": _PATH,
    "path.abspath": _PATH,
    "path.realpath": _PATH,
    "path.join": _PATH,
    "path.basename": '`parse_path(text)["name"]`',
    "path.splitext": '`parse_path(text)["suffix"]`',
    "path.commonpath": _PATH,
    "Path": _PATH,
    "PurePosixPath": _PATH,
    "pathlib.Path": _PATH,
    "pathlib.PurePosixPath": _PATH,
    "unicodedata.normalize": "`normalise(text)`, or `fold(text)` for names that may be disguised",
    "shlex.split": "`read_shell(line)`",
    "ast.parse": "`read_python(code)`",
    "ast.walk": "`read_python(code)`",
    "sqlglot.parse": "`read_sql(sql, dialect)`",
    "sqlglot.parse_one": "`read_sql(sql, dialect)`",
    "sqlparse.parse": "`read_sql(sql)`",
    "utils.parseaddr": "`parse_address(text)`",
    "phonenumbers.parse": "`parse_phone(text, country)`",
    "ipaddress.ip_address": '`parse_url(url)["private"]` and `["ip"]`',
    "fnmatch.fnmatch": _MATCHES,
    "math.ceil": "`-(-x // 1)`",
    "math.floor": "`x // 1`",
    "math.isclose": "`compare_numbers(first, second) == 0`",
    "math.prod": "`times(first, second)`",
    "statistics.mean": "`total(values) / len(values)`",
    "Counter": f"`values.count(value)`, or {_COUNTS}",
    "collections.Counter": f"`values.count(value)`, or {_COUNTS}",
    "defaultdict": "`d.setdefault(key, []).append(value)`",
    "collections.defaultdict": "`d.setdefault(key, []).append(value)`",
    "itertools.chain": "`[item for part in parts for item in part]`",
    "chain.from_iterable": "`[item for part in parts for item in part]`",
    "itertools.pairwise": "`zip(values, values[1:])`",
    "itertools.combinations": "two loops, the inner one over `values[number + 1:]`",
    "itertools.product": "a comprehension with two `for`",
    "functools.reduce": "a loop",
    "reduce": "a loop",
    "operator.itemgetter": '`key=lambda item: item["name"]`',
    "itemgetter": '`key=lambda item: item["name"]`',
}
# What a `try` is usually put round, and the tool that gives None instead of raising.
_TRIED: Final[dict[str, str]] = {"int": _NUMBER, "float": _NUMBER} | CALLS


def instead_of_call(node: ast.expr) -> str:
    """What to write instead of a call of this function; empty when nothing is known of it."""
    return CALLS.get(_ending(node), "")


def instead_of_node(node: ast.AST) -> str:
    """What to write instead of a node that is not in the language."""
    if isinstance(node, ast.Try):
        return f"`try` is not available; {_instead_of_try(node)}"
    name = type(node).__name__
    return INSTEAD_OF_NODE.get(name, f"`{name}` is not available")


def _instead_of_try(node: ast.Try) -> str:
    for statement in node.body:
        for part in ast.walk(statement):
            hint = _TRIED.get(_ending(part.func), "") if isinstance(part, ast.Call) else ""
            if hint:
                return f"write {hint}, and test it with `is None`"
    if any(isinstance(part, ast.Subscript) for statement in node.body for part in ast.walk(statement)):
        return 'write `value_at(event, "/a/b")` or `d.get(key)`, which give None where there is nothing'
    return "tools give None instead of raising, so test the value with `is None`"


def _ending(node: ast.expr) -> str:
    """The last two parts of a dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if not isinstance(node, ast.Attribute):
        return ""
    owner = node.value
    front = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else "?"
    return f"{front}.{node.attr}"
