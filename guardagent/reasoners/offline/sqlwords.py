"""Words of SQL as authors write them: commands, phrases of key words, names of tables and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.tokens import Token

_COMMANDS = frozenset("select insert update delete merge create drop alter truncate grant revoke".split())
# Commands that are everyday words too: in capitals only.
_CAPITALS = frozenset(
    "replace vacuum copy call execute set explain analyze analyse lock comment reindex do use show".split()
)
_WORDS = frozenset(
    (
        "add all alter analyze any as asc between by cascade case cast check column columns concurrently constraint "
        "create cross current cube database default deferrable delete desc distinct drop except exists explain fetch "
        "first for foreign from full function grant group having if ilike in index inner insert intersect into is join "
        "key lateral left like limit lock materialized merge natural not null offset on only or order outer partition "
        "primary procedure recursive references rename replace restrict returning right role rollup schema select "
        "sequence set share table tables temp temporary to trigger truncate type union unique update user using vacuum "
        "values view when where window with"
    ).split()
)
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,3}$")
_LONGEST = 4


def terminals() -> Mapping[str, Terminal]:
    """The terminal symbols, by name."""
    return {"command": _command, "sqlphrase": _phrase, "sqlname": _name}


def _command(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    """One command, also as the noun: `DELETEs`."""
    if start < len(tokens) and tokens[start].kind in ("word", "quote"):
        text = tokens[start].text
        bare = text[:-1] if text[-1:] == "s" and text[:-1].isupper() else text
        if bare.lower() in _COMMANDS or (bare.isupper() and bare.lower() in _CAPITALS):
            yield start + 1, bare.lower()


def _phrase(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Key words in capitals: `DROP TABLE`, `ORDER BY`."""
    found: list[str] = []
    for at in range(start, min(start + _LONGEST, len(tokens))):
        words = tokens[at].text.split() if tokens[at].kind == "quote" else [tokens[at].text]
        if tokens[at].kind not in ("word", "quote") or not all(w.isupper() and w.lower() in _WORDS for w in words):
            return
        found.extend(words)
        yield at + 1, tuple(found)


def _name(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    """A name of a table or column that is no everyday word: quoted, with a dot or an underscore."""
    if start >= len(tokens) or not _NAME.match(tokens[start].text):
        return
    token = tokens[start]
    if token.kind == "quote" or (token.kind == "word" and re.search(r"[._]", token.text)):
        yield start + 1, token.text
