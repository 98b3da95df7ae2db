"""Which columns of which tables an SQL statement reads, and which tables it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from guardagent_toolbox.reading.schema import EVERY, Reads
from guardagent_toolbox.reading.sql import HOLE, is_star, table_name

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_CONDITIONS = (exp.Where, exp.Having, exp.And, exp.Or, exp.Not, exp.Paren, exp.Join)
_COMPARISONS = (exp.Binary, exp.In, exp.Between)
_COLUMN_PLACES = frozenset({"expressions", "group", "order", "distinct", "windows", "qualify"})
_HARMLESS_FUNCTIONS = frozenset({"json_each", "json_tree", "generate_series", "unnest"})
_SOURCES_AND_OUTPUTS = frozenset({"expressions", "from_", "joins", "with_", "laterals"})


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where the columns of a statement come from: "table.column" by the id of a node, and the tables with aliases."""

    origins: dict[int, frozenset[str]] = field(default_factory=dict)
    uses: list[tuple[str, str]] = field(default_factory=list)


def reads_of(statements: list[exp.Expr], reads: Reads, *, sqlite: bool = True) -> Lineage:
    """Adds to `reads` what the statements read and write; gives where each of their columns comes from."""
    lineage = Lineage()
    for statement in statements:
        try:
            if any(_is_computed_name(name) for name in statement.find_all(exp.Identifier)):
                reads.cannot_tell("SQL with a part that is computed")
            _Resolver(reads, lineage, quotes_texts=sqlite).statement(statement, _Scope())
        except RecursionError:
            reads.cannot_tell("SQL that is nested too deeply")
    return lineage


@dataclass(frozen=True, slots=True)
class _Source:
    """What stands in a FROM: a table of the database, or a query whose columns were read already.

    `origins` says where each column of a query comes from; "*" stands for those of tables that are not in the schema.
    """

    table: str | None = None
    columns: frozenset[str] | None = None
    origins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str) -> frozenset[str]:
        """Where the column of that name comes from."""
        if self.table:
            return frozenset({f"{self.table}.{name}"})
        if name in self.origins:
            return self.origins[name]
        return frozenset(f"{origin.removesuffix('*')}{name}" for origin in self.origins.get(EVERY, ()))


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names that a query sees: its own sources, those of the queries round it, and common table expressions."""

    sources: dict[str, _Source] = field(default_factory=dict)
    aliases: frozenset[str] = frozenset()
    outer: _Scope | None = None
    ctes: dict[str, _Source] = field(default_factory=dict)

    def chain(self) -> Iterator[_Scope]:
        scope: _Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


class _Resolver:
    """Walks one statement; every column is taken to the table that it belongs to."""

    def __init__(self, reads: Reads, lineage: Lineage, *, quotes_texts: bool) -> None:
        self._reads = reads
        self._lineage = lineage
        self._schema = reads.schema
        self._quotes_texts = quotes_texts

    def statement(self, node: exp.Expr, scope: _Scope) -> _Source:
        """Reads a statement of any kind; gives the columns of a query."""
        if isinstance(node, _QUERIES):
            return self._query(node, scope)
        scope = self._with(node, scope)
        if isinstance(node, exp.Insert):
            self._insert(node, scope)
        elif isinstance(node, exp.Update | exp.Delete):
            self._change(node, scope)
        elif isinstance(node, exp.Create | exp.Drop | exp.Alter | exp.TruncateTable | exp.Merge):
            self._reads.read_all(self._reads.touch(table_name(table)) for table in node.find_all(exp.Table))
        else:
            self._reads.cannot_tell(f"SQL command {node.key.upper()}")
        return _Source()

    def _with(self, node: exp.Expr, scope: _Scope) -> _Scope:
        clause = node.args.get("with_")
        if clause is None:
            return scope
        ctes = dict(scope.ctes)
        for cte in clause.expressions:
            name = cte.alias.casefold()
            if clause.args.get("recursive"):
                ctes[name] = _Source()
            found = self.statement(cte.this, _Scope(outer=scope.outer, ctes=dict(ctes)))
            ctes[name] = _renamed(found, cte)
        return _Scope(scope.sources, scope.aliases, scope.outer, ctes)

    def _query(self, node: exp.Expr, scope: _Scope, *, counted: bool = True) -> _Source:
        """Reads a query; `counted` is False where its own `*` is not looked at, as in EXISTS."""
        scope = self._with(node, scope)
        if isinstance(node, exp.Select):
            return self._select(node, scope, counted=counted)
        if isinstance(node, exp.SetOperation):
            first = self._query(node.left, scope)
            second = self._query(node.right, scope)
            self._clauses(node, ("order", "limit", "offset"), _Scope({}, first.columns or frozenset(), scope))
            return _Source(columns=first.columns, origins=_merged(first.origins, second.origins))
        if isinstance(node, exp.Subquery):
            return self._query(node.this, scope, counted=counted) if isinstance(node.this, _QUERIES) else _Source()
        self._visit(node, _Scope(outer=scope, ctes=scope.ctes), "where")
        return _Source()

    def _select(self, node: exp.Select, scope: _Scope, *, counted: bool) -> _Source:
        aliases = frozenset(e.alias.casefold() for e in node.expressions if isinstance(e, exp.Alias))
        inner = _Scope({}, aliases, scope if scope.sources or scope.outer else None, scope.ctes)
        start = node.args.get("from_")
        joins = list(node.args.get("joins") or ())
        sources = [start.this] if start is not None else []
        for item in [*sources, *(join.this for join in joins), *(node.args.get("laterals") or ())]:
            self._source(item, inner)
        self._shared_columns(joins, inner)
        for item in node.expressions:
            if is_star(item):
                if counted:
                    self._star(item, inner)
            else:
                self._visit(item, inner, "expressions")
        rest = tuple(key for key in node.args if key not in _SOURCES_AND_OUTPUTS)
        self._clauses(node, rest, inner)
        for join in joins:
            self._clauses(join, ("on",), inner)
        return self._outputs(node, inner)

    def _outputs(self, node: exp.Select, scope: _Scope) -> _Source:
        origins: dict[str, frozenset[str]] = {}
        is_open = False
        for item in node.expressions:
            if not is_star(item):
                origins[item.alias_or_name.casefold()] = self._origins_in(item)
                continue
            for source in scope.sources.values():
                is_open = is_open or source.columns is None
                names = source.columns if source.columns is not None else (*source.origins, EVERY)
                # A table's own column goes by its name; the order of a set would differ from run to run.
                origins.update((name, origins.get(name, frozenset()) | source.of(name)) for name in sorted(names))
        return _Source(columns=None if is_open else frozenset(origins), origins=origins)

    def _origins_in(self, item: exp.Expr) -> frozenset[str]:
        return frozenset[str]().union(*(self._lineage.origins.get(id(c), ()) for c in item.find_all(exp.Column)))

    def _source(self, node: exp.Expr, scope: _Scope) -> None:
        """Adds one source of a FROM to the scope."""
        if isinstance(node, exp.Table):
            self._table(node, scope)
        elif isinstance(node, exp.Subquery) and not isinstance(node.this, _QUERIES):
            self._source(node.this, scope)
            if node.alias and isinstance(node.this, exp.Table):
                scope.sources[node.alias.casefold()] = scope.sources[node.this.alias_or_name.casefold()]
        elif isinstance(node, exp.Subquery | exp.Lateral | exp.Paren):
            inside = node.this.unnest() if isinstance(node, exp.Lateral) else node
            seen = scope if isinstance(node, exp.Lateral) else scope.outer
            found = _Source()
            if isinstance(inside, _QUERIES):
                found = self._query(inside, _Scope(outer=seen, ctes=scope.ctes))
            else:
                self._visit(inside, scope, "where")
            scope.sources[node.alias.casefold() or f" {len(scope.sources)}"] = _renamed(found, node)
        elif isinstance(node, exp.Values | exp.Unnest):
            self._visit_parts(node, scope, "where")
            scope.sources[node.alias.casefold() or f" {len(scope.sources)}"] = _Source()
        else:
            self._reads.cannot_tell("SQL that reads from something other than a table")
        joins = node.args.get("joins") or ()
        for join in joins:
            self._source(join.this, scope)
            self._clauses(join, ("on",), scope)
        self._shared_columns(joins, scope)

    def _table(self, node: exp.Table, scope: _Scope) -> None:
        if not isinstance(node.this, exp.Identifier | exp.Dot):
            name = node.this.name.casefold() if isinstance(node.this, exp.Func) else ""
            if name not in _HARMLESS_FUNCTIONS:
                self._reads.cannot_tell("SQL that reads from a function")
            self._visit_parts(node.this, scope, "where")
            scope.sources[node.alias_or_name.casefold() or name] = _Source()
            return
        name = table_name(node)
        alias = node.alias_or_name.casefold()
        if HOLE in name:
            self._reads.cannot_tell("SQL with a table name that is computed")
            scope.sources[alias] = _Source()
        elif not node.db and name in scope.ctes:
            scope.sources[alias] = scope.ctes[name]
        else:
            table = self._reads.touch(name)
            scope.sources[alias] = self._base(table)
            self._lineage.uses.append((table, alias))

    def _shared_columns(self, joins: Iterable[exp.Expr], scope: _Scope) -> None:
        """USING and NATURAL read columns of both sides."""
        for join in joins:
            for name in join.args.get("using") or ():
                for source in scope.sources.values():
                    if source.table and (source.columns is None or name.name.casefold() in source.columns):
                        self._reads.read(source.table, name.name)
            if str(join.args.get("method") or "").upper() == "NATURAL":
                self._natural([source for source in scope.sources.values() if source.table])

    def _natural(self, sources: list[_Source]) -> None:
        for source in sources:
            others = [other.columns for other in sources if other is not source]
            if source.columns is None or None in others:
                self._reads.read_all([source.table or ""])
                continue
            for column in source.columns:
                if any(other is not None and column in other for other in others):
                    self._reads.read(source.table or "", column)

    def _star(self, node: exp.Expr, scope: _Scope) -> None:
        qualifier = node.args.get("table")
        if qualifier is None:
            self._reads.read_all(s.table for s in scope.sources.values() if s.table)
            return
        for level in scope.chain():
            source = level.sources.get(qualifier.name.casefold())
            if source is not None:
                self._reads.read_all([source.table] if source.table else [])
                return
        self._reads.cannot_tell("SQL with an alias that stands for nothing")

    def _insert(self, node: exp.Insert, scope: _Scope) -> None:
        target = node.this
        table = target.find(exp.Table) if target is not None else None
        if table is None:
            self._reads.cannot_tell("SQL command INSERT")
            return
        name = self._reads.touch(table_name(table))
        listed = target.expressions if isinstance(target, exp.Schema) else []
        for column in listed:
            self._reads.read(name, column.name)
        if not listed:
            self._reads.read_all([name])
        inner = _Scope({table.alias_or_name.casefold(): self._base(name)}, outer=scope, ctes=scope.ctes)
        self._clauses(node, ("expression", "returning", "conflict"), inner)

    def _change(self, node: exp.Update | exp.Delete, scope: _Scope) -> None:
        inner = _Scope({}, outer=scope, ctes=scope.ctes)
        if not isinstance(node.this, exp.Table):
            self._reads.cannot_tell(f"SQL command {node.key.upper()}")
            return
        self._source(node.this, inner)
        start = node.args.get("from_")
        if start is not None:
            self._source(start.this, inner)
        if isinstance(node, exp.Delete):
            self._reads.read_all(s.table for s in inner.sources.values() if s.table)
        self._clauses(node, tuple(key for key in node.args if key not in ("this", "from_", "with_")), inner)

    def _base(self, table: str) -> _Source:
        known = self._schema.columns(table) if self._schema.knows(table) else None
        return _Source(table, None if known is None else frozenset(c.casefold() for c in known))

    def _clauses(self, node: exp.Expr, keys: tuple[str, ...], scope: _Scope) -> None:
        for key in keys:
            value = node.args.get(key)
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, exp.Expr):
                    self._visit(part, scope, key)

    def _visit(self, root: exp.Expr, scope: _Scope, clause: str) -> None:
        """Resolves all columns under a node; queries inside it are read with this scope round them."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, exp.Column):
                self._column(node, scope, clause)
            elif isinstance(node, _QUERIES) and not isinstance(node, exp.Values):
                counted = not isinstance(node.parent, exp.Exists)
                self._query(node, _Scope(outer=scope, ctes=scope.ctes), counted=counted)
            else:
                waiting.extend(node.iter_expressions())

    def _visit_parts(self, node: exp.Expr, scope: _Scope, clause: str) -> None:
        for part in node.iter_expressions():
            if not isinstance(part, exp.TableAlias):
                self._visit(part, scope, clause)

    def _column(self, node: exp.Column, scope: _Scope, clause: str) -> None:
        name = node.name.casefold()
        qualifier = _qualifier(node)
        if HOLE in name:
            if clause in _COLUMN_PLACES or isinstance(node.parent, _CONDITIONS):
                self._reads.read_all(s.table for s in scope.sources.values() if s.table)
                self._reads.cannot_tell("SQL with a column or condition that is computed")
        elif is_star(node):
            self._star(node, scope)
        elif qualifier:
            self._lineage.origins[id(node)] = self._qualified(qualifier, name, scope)
        elif isinstance(node.parent, exp.In) and node.arg_key == "field":
            self._reads.read_all([self._reads.touch(name)] if name not in scope.ctes else [])
        else:
            self._lineage.origins[id(node)] = self._unqualified(node, name, scope)

    def _qualified(self, qualifier: str, name: str, scope: _Scope) -> frozenset[str]:
        found = [
            source
            for level in scope.chain()
            if (source := level.sources.get(qualifier) or level.sources.get(qualifier.rpartition(".")[2])) is not None
        ]
        if found:
            # An alias of an outer query shows through where the inner one lacks the column.
            source = next((one for one in found if one.columns is None or name in one.columns), found[0])
            if source.table:
                self._reads.read(source.table, name)
            return source.of(name)
        table = self._schema.table(qualifier)
        if table is None:
            self._reads.cannot_tell("SQL with an alias that stands for nothing")
            return frozenset()
        self._reads.read(table, name)
        return frozenset({f"{table}.{name}"})

    def _unqualified(self, node: exp.Column, name: str, scope: _Scope) -> frozenset[str]:
        for level in scope.chain():
            owners = [s for s in level.sources.values() if s.columns is not None and name in s.columns]
            for owner in owners:
                if owner.table:
                    self._reads.read(owner.table, name)
            if owners or name in level.aliases:
                return frozenset[str]().union(*(owner.of(name) for owner in owners))
        if self._is_text(node):
            return frozenset()
        open_sources = [s for level in scope.chain() for s in level.sources.values() if s.columns is None]
        tables = [s.table for s in open_sources if s.table]
        if not open_sources:
            tables = [s.table for level in scope.chain() for s in level.sources.values() if s.table]
        for table in tables:
            self._reads.read(table, name)
        if not tables and not open_sources:
            self._reads.cannot_tell("SQL with a column that belongs to no table")
        found = frozenset[str]().union(*(source.of(name) for source in open_sources))
        return found | {f"{table}.{name}" for table in tables}

    def _is_text(self, node: exp.Column) -> bool:
        """Whether SQLite takes this quoted name, which no table has, for a text."""
        quoted = isinstance(node.this, exp.Identifier) and bool(node.this.args.get("quoted"))
        if not (quoted and self._quotes_texts):
            return False
        operand = isinstance(node.parent, _COMPARISONS) and node.arg_key != "this"
        first = next(iter(node.parent.iter_expressions()), None) if isinstance(node.parent, exp.Func) else node
        return operand or first is not node


def _is_computed_name(name: exp.Identifier) -> bool:
    """Whether a part that is not known stands where it could be anything, e.g. the rest of the statement."""
    return HOLE in name.name.casefold() and not isinstance(name.parent, exp.Column | exp.Table)


def _qualifier(node: exp.Column) -> str:
    return ".".join(part.name for part in (node.args.get("db"), node.args.get("table")) if part is not None).casefold()


def _renamed(source: _Source, node: exp.Expr) -> _Source:
    """The source with the column names that its alias lists."""
    alias = node.args.get("alias")
    listed = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
    if not listed:
        return source
    names = [column.name.casefold() for column in listed]
    query = node.this.unnest() if isinstance(node.this, exp.Expr) else node
    if isinstance(query, exp.Query) and any(is_star(item) for item in query.selects):
        # The places of the columns behind a star are not known, so that each name may be any of them.
        anywhere = frozenset[str]().union(*source.origins.values())
        return _Source(source.table, frozenset(names), dict.fromkeys(names, anywhere))
    return _Source(source.table, frozenset(names), dict(zip(names, source.origins.values(), strict=False)))


def _merged(first: Mapping[str, frozenset[str]], second: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The columns of a UNION: each comes from those at its place in both queries."""
    others = [*second.values(), *[frozenset[str]()] * len(first)]
    return {name: origins | other for (name, origins), other in zip(first.items(), others, strict=False)}
