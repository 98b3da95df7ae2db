"""What EHRAgent's own functions read: LoadDB, FilterDB, GetValue, SQLInterpreter."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from guardagent_toolbox.reading import ehr
from guardagent_toolbox.reading.access import Access
from guardagent_toolbox.reading.templates import options_of
from guardagent_toolbox.reading.values import DATA, HOLE, Value, flat, join, rows_of


@dataclass(slots=True)
class Arguments:
    """The arguments of a call."""

    places: list[Value] = field(default_factory=list)
    names: dict[str, Value] = field(default_factory=dict)

    @property
    def all(self) -> list[Value]:
        """Every argument, in order."""
        return [*self.places, *self.names.values()]

    def get(self, position: int) -> Value | None:
        """The argument in that position, by whatever name; None when there is none."""
        everything = self.all
        return everything[position] if position < len(everything) else None


class EhrAccess(Access):
    """The part of the reader that knows EHRAgent's functions."""

    queries: dict[tuple[int, str], None]

    def ehr_call(self, node: ast.AST, name: str, arguments: Arguments) -> Value:
        """What one of EHRAgent's functions gives."""
        self.step()
        first = arguments.get(0)
        if name == ehr.LOAD:
            return self._load(node, first)
        if name == ehr.SQL:
            return self.run_sql(node, first)
        if name in (ehr.DATE, ehr.COMPUTE):
            self.show(*arguments.all)
            return DATA
        rows = self._table(node, name, first)
        named = arguments.get(1)
        if rows.tables:
            self._read_argument(rows, name, named)
        return rows if name == ehr.FILTER else DATA

    def _load(self, node: ast.AST, name: Value | None) -> Value:
        options = flat(name).texts if name is not None else frozenset()
        if not options or any(HOLE in option for option in options):
            self.cannot_tell(node, f"`{ehr.LOAD}` of a table whose name is computed")
        return rows_of(self.reads.touch(option) for option in options if HOLE not in option)

    def _table(self, node: ast.AST, name: str, source: Value | None) -> Value:
        """The rows in the first argument; a table's name is taken for the table."""
        whole = flat(source) if source is not None else DATA
        rows = Value(rows=whole.rows, picked=whole.picked)
        named = frozenset(t for t in map(self.reads.schema.table, whole.texts) if t is not None)
        if named:
            rows = join((rows, rows_of(map(self.reads.touch, named))))
        if whole.unknown or not rows.tables or any(HOLE in option for option in whole.texts):
            self.cannot_tell(node, f"`{name}` on a table that cannot be traced")
        return rows

    def _read_argument(self, rows: Value, name: str, argument: Value | None) -> None:
        reader = ehr.condition_columns if name == ehr.FILTER else ehr.argument_columns
        whole = flat(argument) if argument is not None else DATA
        for option in sorted(whole.texts):
            self.read_names(rows.tables, reader(option, lambda column: self.knows(rows.tables, column)))
        if not whole.texts or whole.unknown:
            self.reads.read_all(rows.tables)
        self.show(whole)

    def run_sql(self, node: ast.AST, query: Value | None) -> Value:
        """Keeps SQL to be read when the program has been gone through; gives its result, which is only data."""
        options = options_of(flat(query)) if query is not None else (HOLE,)
        for option in options:
            if option.strip() in ("", HOLE):
                self.cannot_tell(node, "SQL that is computed")
            else:
                self.queries[(getattr(node, "lineno", 1), option)] = None
        return DATA
