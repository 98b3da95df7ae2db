"""What a program reads of tables: columns by subscript, attribute, method and condition."""

from __future__ import annotations

import abc
import ast
import re
from collections.abc import Iterable, Sequence

from guardagent_toolbox.reading.ehr import Names
from guardagent_toolbox.reading.schema import Reads
from guardagent_toolbox.reading.values import DATA, HOLE, SOME_TEXT, UNKNOWN, Value, flat, join, listing, rows_of

# Real programs take some 30 steps, the longest seen 184; this many take about the time that a check has.
MAX_STEPS = 2_000

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SHAPE = frozenset({"empty", "shape", "size", "index", "ndim", "dtypes", "name", "axes"})
_VIEWS = frozenset({"loc", "iloc", "at", "iat", "T", "str", "dt"})
_COUNTING = frozenset({"count", "nunique", "info", "isnull", "isna", "notnull", "notna", "memory_usage"})
_WRITING = frozenset(
    {"to_string", "to_csv", "to_json", "to_html", "to_markdown", "to_latex", "to_excel", "to_sql", "to_pickle",
     "to_numpy", "to_records", "items", "iteritems", "values", "describe", "__str__", "__repr__"}
)  # fmt: skip


class TooLong(Exception):
    """The program is too large to be followed within the time of a check."""


class Access(abc.ABC):
    """The part of the reader that knows tables."""

    def __init__(self, reads: Reads, made: frozenset[str]) -> None:
        self.reads = reads
        # Columns that the program itself adds to a table.
        self.made = made
        self.place: ast.AST = ast.Pass(lineno=1)
        self._steps = 0

    @abc.abstractmethod
    def value(self, node: ast.expr) -> Value:
        """What an expression may be; everything that it reads is noted."""

    @abc.abstractmethod
    def callback(self, function: Value, arguments: Sequence[Value]) -> Value:
        """What functions give that are called with any of the items of the arguments."""

    def step(self) -> None:
        """Counts work; raises TooLong when there is too much."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooLong

    def cannot_tell(self, node: ast.AST, what: str) -> Value:
        """Notes something that could read anything; it gives something unknown."""
        self.reads.cannot_tell(f"line {getattr(node, 'lineno', 1)}: {what}")
        return UNKNOWN

    def show(self, *values: Value) -> None:
        """Notes that values leave the program, or are turned into text, with all columns of their rows."""
        for value in values:
            self.reads.read_all(flat(value).rows)

    def knows(self, tables: Iterable[str], column: str) -> bool:
        """Whether one of the tables has the column."""
        return any(self.reads.schema.column(table, column) is not None for table in tables)

    def read_names(self, tables: frozenset[str], names: Names) -> None:
        """Notes the columns that a text names; all columns when it may name any."""
        for column in names.columns:
            self.read_column(tables, column)
        if not names.certain:
            self.reads.read_all(tables)

    def read_column(self, tables: frozenset[str], column: str) -> None:
        """Notes that a column is read of those tables that have it; a hole in its name is any column."""
        if HOLE in column:
            self.reads.read_all(tables)
            return
        front, dot, name = column.strip().rpartition(".")
        other = self.reads.schema.table(front) if dot else None
        if other is not None:
            self.reads.read(other, name)
            return
        owners = [table for table in sorted(tables) if self.reads.schema.column(table, name) is not None]
        if not owners and name in self.made:
            return
        for table in owners or sorted(tables):
            self.reads.read(table, name)

    def read_texts(self, rows: Value, names: Value) -> None:
        """Notes the columns that texts name outright."""
        for option in names.texts:
            self.read_column(rows.tables, option)

    def table_attribute(self, rows: Value, name: str) -> Value:
        """What `rows.name` gives."""
        if self.knows(rows.tables, name):
            self.read_column(rows.tables, name)
            return DATA
        if name == "columns":
            return SOME_TEXT
        if name in _SHAPE:
            return DATA
        if name in _VIEWS:
            return rows
        if name in _WRITING:
            self.show(rows)
            return Value(picked=rows.tables)
        self.read_column(rows.tables, name)
        return DATA

    def table_item(self, rows: Value, place: ast.expr, index: ast.expr) -> Value:
        """What `rows[index]` gives: a column, some columns, or some rows."""
        by_position = isinstance(place, ast.Attribute) and place.attr in ("iloc", "iat")
        if isinstance(index, ast.Tuple) and len(index.elts) == 2 and not isinstance(index.elts[1], ast.Slice):
            self.value(index.elts[0])
            if by_position:
                self.reads.read_all(rows.tables)
                return Value(picked=rows.tables)
            return self._pick(rows, self.value(index.elts[1]))
        if isinstance(index, ast.Tuple | ast.Slice):
            self.value(index)
            if isinstance(index, ast.Tuple):
                self.show(rows)
            return rows
        return self._pick(rows, self.value(index))

    def _pick(self, rows: Value, key: Value) -> Value:
        if key.texts:
            self.read_texts(rows, key)
            return DATA
        named = flat(key).texts if key.parts else frozenset()
        if named:
            self.read_texts(rows, Value(texts=named))
            return Value(picked=rows.tables)
        if key.unknown:
            self.reads.read_all(rows.tables)
            return Value(picked=rows.tables)
        return rows

    def table_method(self, rows: Value, name: str, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """What `rows.name(…)` gives; texts among the arguments that are columns are read."""
        given = [*arguments, *named.values()]
        if name in ("drop", "keys"):
            return rows if name == "drop" else SOME_TEXT
        if name in _COUNTING:
            return DATA
        if name in _WRITING:
            self.show(rows)
            return Value(picked=rows.tables)
        if name == "iterrows":
            return Value(parts=(listing((DATA, rows)),), ordered=False)
        if name in ("get", "pop") and arguments and arguments[0].texts:
            self.read_texts(rows, arguments[0])
            return join((DATA, *arguments[1:]))
        self._read_arguments(rows, name, given)
        results = [self.callback(flat(argument), [rows, *arguments]) for argument in given]
        others = [flat(argument) for argument in given]
        tables = join(
            (rows_of(rows.rows), Value(picked=rows.picked), *(Value(rows=o.rows, picked=o.picked) for o in others))
        )
        if name == "groupby":
            return Value(rows=tables.rows, picked=tables.picked, parts=(listing((DATA, tables)),), ordered=True)
        return join((tables, *results))

    def _read_arguments(self, rows: Value, name: str, given: Sequence[Value]) -> None:
        for option in sorted(flat(join(given)).texts | {key for value in given for key in _keys(value)}):
            if HOLE in option:
                self.reads.read_all(rows.tables)
            elif name in ("query", "eval"):
                for word in _WORD.findall(option):
                    if self.knows(rows.tables, word):
                        self.read_column(rows.tables, word)
            elif self.knows(rows.tables, option):
                self.read_column(rows.tables, option)


def _keys(value: Value) -> frozenset[str]:
    return frozenset(key for key in value.keys if key is not None)
