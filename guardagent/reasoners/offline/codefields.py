"""Fields that hold what an agent wrote in a language: SQL, shell lines, Python. They are read, never compared."""

from __future__ import annotations

import re

from guardagent.reasoners.offline.commandline import Shell
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.statements import Sql

_SQL = ("sql", "sql_text", "sql_query", "query_sql", "statement", "statements", "script", "migration", "query")
_SQL_WORDS = re.compile(r"\b(?:SQL|\w*sql|postgres\w*|sqlite)\b", re.IGNORECASE)
_DIALECT = re.compile(r"postgres|mysql|mariadb|sqlite", re.IGNORECASE)
_SHELL = (
    "command",
    "command_line",
    "commandline",
    "cmd",
    "shell",
    "shell_command",
    "line",
    "commands",
    "script",
    "bash",
)
_SHELL_WORDS = re.compile(r"\b(?:shell|bash|command lines?|terminal|shell commands?|zsh|posix)\b", re.IGNORECASE)


def sql_in(context: Context) -> Sql | None:
    """The field with SQL: by its name, where the name or the prose says that it is SQL."""
    field = context.fields.named(*_SQL)
    if field is None or not _is_code(field) or not ("sql" in field.name or _SQL_WORDS.search(context.fields.prose)):
        return None
    dialect = _DIALECT.search(context.fields.prose)
    name = dialect.group().lower() if dialect else "postgres"
    return Sql(field, {"mariadb": "mysql"}.get(name, name), context.tools.get("read_sql"))


def shell_in(context: Context) -> Shell | None:
    """The field with a shell line: by its name, where the name or the prose speaks of a shell or of command lines."""
    field = context.fields.named(*_SHELL)
    said = _SHELL_WORDS.search(context.fields.prose)
    if field is None or not _is_code(field) or not (said or "shell" in field.name or field.name == "bash"):
        return None
    return Shell(field, context.tools.get("read_shell"))


def is_code(context: Context, value: object) -> bool:
    """Whether the value is a text in such a language."""
    sql, shell = sql_in(context), shell_in(context)
    return (sql is not None and sql.field == value) or (shell is not None and shell.field == value)


def _is_code(field: Field) -> bool:
    return field.is_text and not field.values
