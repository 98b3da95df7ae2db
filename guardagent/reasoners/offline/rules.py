"""What the offline reasoner makes of a clause: a rule that can be coded, or a gap that says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.events import Event, fold, value_at, with_value
from guardagent.types import Clause


@dataclass(frozen=True)
class ConditionRule:
    """A clause that is violated when a condition holds."""

    clause: Clause
    violated: Condition
    message: str
    facts: tuple[tuple[str, dict[str, Any]], ...] = ()

    def fields(self) -> list[str]:
        """JSON pointers that the rule reads."""
        return self.violated.fields()


@dataclass(frozen=True)
class TableRule:
    """A clause that lets each role read only its tables and columns, found by reading the agent's code or query."""

    clause: Clause
    role: str
    code: str
    tables: dict[str, dict[str, list[str]]]
    schema: dict[str, list[str]]
    unknown_role_denied_elsewhere: bool

    def fields(self) -> list[str]:
        """JSON pointers that the rule reads."""
        return [self.role, self.code]

    def violating(self, event: Event) -> list[Event]:
        """For each role an event that reads a table that is closed to it, where there is one."""
        found = []
        for role, open_tables in self.tables.items():
            closed = [t for t in self.schema if t not in open_tables]
            if closed:
                found.append(self._reading(event, role, closed[0], self.schema[closed[0]][0]))
        return found

    def compliant(self, event: Event) -> list[Event]:
        """For each role an event that reads a column that is open to it."""
        return [
            self._reading(event, role, table, columns[0])
            for role, tables in self.tables.items()
            for table, columns in list(tables.items())[:1]
        ]

    def _reading(self, event: Event, role: str, table: str, column: str) -> Event:
        code = f"rows = LoadDB('{table}')\nanswer = GetValue(rows, '{column}')"
        return with_value(with_value(event, self.role, role), self.code, code)


@dataclass(frozen=True)
class KnownRoleRule:
    """A clause that denies everything to a role that is not listed."""

    clause: Clause
    role: str
    known: tuple[str, ...]

    def fields(self) -> list[str]:
        """JSON pointers that the rule reads."""
        return [self.role]

    def holds(self, event: Event) -> bool:
        """Whether `event` comes from a role that is not listed."""
        return fold(value_at(event, self.role)) not in {fold(r) for r in self.known}


Rule = ConditionRule | TableRule | KnownRoleRule
