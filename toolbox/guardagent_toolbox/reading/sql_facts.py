"""How an SQL statement is built, as plain data that a policy can compare."""

from __future__ import annotations

from sqlglot import exp

from guardagent_toolbox.reading.quantities import plain_number, read_decimal
from guardagent_toolbox.reading.schema import UNKNOWN, Reads, Schema
from guardagent_toolbox.reading.sql import is_star, table_name
from guardagent_toolbox.reading.sql_columns import Lineage, reads_of

_COMMANDS: dict[type[exp.Expr], str] = {
    exp.Select: "select", exp.SetOperation: "select", exp.Values: "select", exp.Insert: "insert", exp.Update: "update",
    exp.Delete: "delete", exp.Merge: "merge", exp.Create: "create", exp.Drop: "drop", exp.Alter: "alter",
    exp.TruncateTable: "truncate", exp.Grant: "grant",
}  # fmt: skip
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.Is: "is", exp.Like: "like",
    exp.ILike: "ilike", exp.In: "in", exp.Between: "between",
}  # fmt: skip
_LOCKS = {True: "update", False: "share"}


def facts_of(statement: exp.Expr, schema: Schema, *, sqlite: bool) -> dict[str, object]:
    """What a policy asks of a statement."""
    reads = Reads(schema)
    lineage = reads_of([statement], reads, sqlite=sqlite)
    columns = _Columns(lineage)
    joins = [_join_kind(join) for join in statement.find_all(exp.Join)]
    query = _outermost(statement)
    return {
        "kind": _command(statement),
        "commands": _commands(statement),
        "tables": sorted(reads.tables),
        "sources": [{"table": table, "alias": alias} for table, alias in lineage.uses],
        "columns": {table: columns for table, columns in reads.plain().items() if table != UNKNOWN},
        "unknown": sorted(reads.unknown),
        "writes": _writes(statement),
        "outputs": [_output(item, columns) for item in _selected(query)],
        "stars": sum(1 for select in statement.find_all(exp.Select) for item in select.expressions if is_star(item)),
        "functions": sorted({_function_name(node) for node in statement.find_all(exp.Func) if _is_function(node)}),
        "comparisons": [_comparison(node, columns) for node in statement.walk(bfs=False) if type(node) in _OPERATORS],
        "joins": [kind for kind in joins if kind != "comma"],
        "comma_joins": joins.count("comma"),
        "group_by": [columns.shown(item) for item in _listed(query, "group")],
        "order_by": [columns.shown(item.this) for item in _listed(query, "order")],
        "limit": _number_after(query, "limit"),
        "offset": _number_after(query, "offset"),
        "fetch": query is not None and isinstance(query.args.get("limit"), exp.Fetch),
        "distinct": query is not None and query.args.get("distinct") is not None,
        "into": statement.find(exp.Into) is not None,
        "locks": sorted({_LOCKS[bool(lock.args.get("update"))] for lock in statement.find_all(exp.Lock)}),
    }


def _outermost(statement: exp.Expr) -> exp.Select | exp.SetOperation | None:
    node = statement.unnest()
    return node if isinstance(node, exp.Select | exp.SetOperation) else None


def _command(node: exp.Expr) -> str:
    return next((name for kind, name in _COMMANDS.items() if isinstance(node.unnest(), kind)), "other")


def _commands(statement: exp.Expr) -> list[str]:
    kinds = tuple(_COMMANDS)
    found = {_command(node) for node in statement.walk() if isinstance(node, kinds)}
    return sorted(found | {_command(statement)})


def _writes(statement: exp.Expr) -> list[str]:
    """The tables that are changed, wherever in the statement."""
    found: set[str] = set()
    for node in statement.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Alter):
        table = node.this.find(exp.Table) if isinstance(node.this, exp.Expr) else None
        found |= {table_name(table)} if table is not None else set()
    for node in statement.find_all(exp.Drop, exp.TruncateTable, exp.Into):
        found |= {table_name(table) for table in node.find_all(exp.Table)}
    return sorted(found)


class _Columns:
    """The names of columns, each as "table.column" where it is known which table it comes from."""

    def __init__(self, lineage: Lineage) -> None:
        self._origins = lineage.origins

    def of(self, node: exp.Expr) -> list[str]:
        """All columns under a node, sorted."""
        found: set[str] = set()
        for column in node.find_all(exp.Column):
            if not is_star(column):
                found |= self._origins.get(id(column)) or {_column_name(column)}
        return sorted(found)

    def shown(self, node: exp.Expr | None) -> str:
        """One column by its name; any other expression as it is written, "" for none."""
        if node is None:
            return ""
        found = self.of(node) if isinstance(node, exp.Column) else []
        return found[0] if len(found) == 1 else node.sql().casefold()


def _selected(query: exp.Expr | None) -> list[exp.Expr]:
    """The items of the outermost select lists; a UNION has one for each of its queries."""
    waiting = [query] if query is not None else []
    found: list[exp.Expr] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.SetOperation):
            waiting += [node.right.unnest(), node.left.unnest()]
        elif isinstance(node, exp.Select):
            found += node.expressions
    return found


def _output(item: exp.Expr, columns: _Columns) -> dict[str, object]:
    functions = [_function_name(node) for node in item.find_all(exp.Func) if _is_function(node)]
    return {
        "name": (item.alias or (item.name if isinstance(item, exp.Column) and not is_star(item) else "")).casefold(),
        "columns": columns.of(item),
        "functions": sorted(set(functions)),
        "aggregate": isinstance(item.unalias(), exp.AggFunc),
        "star": is_star(item),
    }


def _is_function(node: exp.Expr) -> bool:
    return not isinstance(node, exp.Binary | exp.Exists | exp.Case | exp.Cast)


def _function_name(node: exp.Expr) -> str:
    name = node.name if isinstance(node, exp.Anonymous) or not isinstance(node, exp.Func) else node.sql_name()
    return name.casefold()


def _column_name(column: exp.Column) -> str:
    return ".".join(part.name for part in column.parts).casefold()


_PLACES: dict[type[exp.Expr], str] = {exp.Where: "where", exp.Having: "having", exp.Join: "on", exp.Select: "other"}


def _comparison(node: exp.Expr, columns: _Columns) -> dict[str, object]:
    """Both sides of a comparison, the side with a column first; `always` when no row can pass without it."""
    left, right = node.this, node.args.get("expression")
    operator = _OPERATORS[type(node)]
    if isinstance(right, exp.Column) and not isinstance(left, exp.Column):
        left, right = right, left
        operator = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(operator, operator)
    above = node.parent.parent if isinstance(node.parent, exp.Paren) else node.parent
    return {
        "column": columns.shown(left) if isinstance(left, exp.Column) and not is_star(left) else "",
        "columns": columns.of(node),
        "functions": sorted({_function_name(one) for one in node.find_all(exp.Func) if _is_function(one)}),
        "operator": f"not {operator}" if isinstance(above, exp.Not) else operator,
        "value": _constants(node) if isinstance(node, exp.In | exp.Between) else _constant(right),
        "other": columns.shown(right) if isinstance(right, exp.Column) else "",
        "query": any(isinstance(side, exp.Expr) and side.find(exp.Query) for side in (right, node.args.get("query"))),
        "place": _place(node),
        "always": _is_required(node),
    }


def _place(node: exp.Expr) -> str:
    """The part of its query that a comparison stands in."""
    above = node.parent
    while above is not None and type(above) not in _PLACES:
        above = above.parent
    return "other" if above is None else _PLACES[type(above)]


def _constants(node: exp.Expr) -> list[object]:
    parts = node.expressions if isinstance(node, exp.In) else [node.args.get("low"), node.args.get("high")]
    return [_constant(part) for part in parts]


def _constant(node: exp.Expr | None) -> object:
    """A text or number that stands there; None for NULL and for everything else."""
    negative = isinstance(node, exp.Neg)
    literal = node.this if isinstance(node, exp.Neg) else node
    if isinstance(literal, exp.Boolean):
        return bool(literal.this)
    if not isinstance(literal, exp.Literal):
        return None
    if literal.is_string:
        return str(literal.this)
    number = plain_number(read_decimal(str(literal.this)))
    return -number if negative and number is not None else number


def _is_required(node: exp.Expr) -> bool:
    """Whether only ANDs stand between the comparison and the WHERE of the outermost query."""
    above = node.parent
    while isinstance(above, exp.And | exp.Paren):
        above = above.parent
    return isinstance(above, exp.Where) and above.parent is not None and above.parent.parent is None


def _join_kind(join: exp.Expr) -> str:
    """`comma` for tables that are only separated by commas."""
    written = [join.args.get(key) for key in ("method", "side", "kind")]
    named = " ".join(str(word).lower() for word in written if word)
    if named:
        return named
    return "inner" if join.args.get("on") or join.args.get("using") else "comma"


def _listed(query: exp.Expr | None, key: str) -> list[exp.Expr]:
    clause = query.args.get(key) if query is not None else None
    return list(clause.expressions) if clause is not None else []


def _number_after(query: exp.Expr | None, key: str) -> int | None:
    """The whole number after LIMIT or OFFSET; None when there is none, or something that is calculated."""
    clause = query.args.get(key) if query is not None else None
    value = _constant(clause.args.get("expression")) if isinstance(clause, exp.Limit | exp.Offset) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
