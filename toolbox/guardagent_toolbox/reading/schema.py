"""The tables of a database, and what is read of them."""

from __future__ import annotations

from collections.abc import Iterable

from guardagent_toolbox.reading.plain import texts_in

UNKNOWN = "?"
EVERY = "*"


class Schema:
    """Tables and their columns, found without regard to case."""

    def __init__(self, tables: dict[str, tuple[str, ...]]) -> None:
        self._names = {name.casefold(): name for name in tables}
        self._columns = {name: {c.casefold(): c for c in columns} for name, columns in tables.items()}

    @classmethod
    def of(cls, value: object) -> Schema | None:
        """The schema in a plain mapping of tables to lists of columns; None when it is anything else."""
        if not isinstance(value, dict):
            return None
        tables: dict[str, tuple[str, ...]] = {}
        for name, columns in value.items():
            listed = texts_in(columns)
            if not isinstance(name, str) or listed is None:
                return None
            tables[name] = listed
        return cls(tables)

    def key(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """All of it as a value that can be compared and hashed; `Schema(dict(key))` is the same schema."""
        return tuple((name, tuple(columns.values())) for name, columns in self._columns.items())

    def table(self, name: str) -> str | None:
        """The table of that name as the schema spells it; None when there is none."""
        return self._names.get(name.strip().casefold())

    def column(self, table: str, name: str) -> str | None:
        """The column of that name as the schema spells it; None when the table has none."""
        return self._columns.get(table, {}).get(name.strip().casefold())

    def columns(self, table: str) -> tuple[str, ...]:
        """All columns of a table, or the one sign for "all" when the table is not in the schema."""
        known = self._columns.get(table)
        return (EVERY,) if known is None else tuple(known.values())

    def knows(self, table: str) -> bool:
        """Whether the table is in the schema."""
        return table in self._columns

    def tables_of(self, column: str) -> tuple[str, ...]:
        """The tables that have a column of that name."""
        return tuple(table for table, columns in self._columns.items() if column.strip().casefold() in columns)


class Reads:
    """What is read: columns by table, and what could not be told."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables: dict[str, set[str]] = {}
        self.unknown: set[str] = set()

    def touch(self, name: str) -> str:
        """Notes the use of a table; gives its name as the schema spells it."""
        table = self.schema.table(name) or name.strip().casefold()
        self.tables.setdefault(table, set())
        return table

    def read(self, table: str, column: str) -> None:
        """Notes that a column is read."""
        spelled = self.schema.column(table, column) or column.strip().casefold()
        self.tables.setdefault(table, set()).add(spelled)

    def read_all(self, tables: Iterable[str]) -> None:
        """Notes that all columns of the tables are, or may be, read."""
        for table in tables:
            self.tables.setdefault(table, set()).update(self.schema.columns(table))

    def cannot_tell(self, what: str) -> None:
        """Notes something that may read anything."""
        self.unknown.add(what)

    def add(self, other: Reads, *, place: str = "") -> None:
        """Takes over what another reader found; `place` stands in front of what it could not tell."""
        for table, columns in other.tables.items():
            self.tables.setdefault(table, set()).update(columns)
        self.unknown.update(place + what for what in other.unknown)

    def plain(self) -> dict[str, list[str]]:
        """The result as tools give it: sorted, with what could not be told under "?"."""
        found = {table: sorted(columns) for table, columns in sorted(self.tables.items())}
        return {UNKNOWN: sorted(self.unknown)} | found if self.unknown else found
