"""Words of a shell line: quotes taken off, and what the shell would put in their place noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_LINE = 8_000
# Lines inside lines are read again, so that all of them together are bounded, too.
_MAX_WORK = 4 * MAX_LINE

_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]", re.ASCII)
_ENDS_WORD = frozenset(" \t\n|&;()<>")
_GLOB = frozenset("*?[")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_CODE = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")


class Unreadable(Exception):
    """The line is not one that this reader can be sure about."""


@dataclass(slots=True)
class Word:
    """One word as the command gets it; `computed` when the shell puts something else in place of a part of it."""

    text: str = ""
    quoted: bool = False
    computed: bool = False
    # The lines inside `$(...)`, backticks and `<(...)`.
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Work:
    """How many characters may still be read."""

    left: int = _MAX_WORK

    def spend(self, characters: int) -> None:
        """Counts characters; raises Unreadable when there are too many."""
        self.left -= characters
        if self.left < 0:
            raise Unreadable


class Characters:
    """A place in a line, moving on."""

    def __init__(self, text: str, work: Work) -> None:
        work.spend(len(text))
        self.text = text
        self.work = work
        self.at = 0

    @property
    def rest(self) -> bool:
        """Whether there is more to read."""
        return self.at < len(self.text)

    def sees(self, start: str) -> bool:
        """Whether this stands here."""
        return self.text.startswith(start, self.at)

    def take(self, start: str) -> bool:
        """Whether this stands here, and was passed over."""
        found = self.sees(start)
        self.at += len(start) if found else 0
        return found

    def until(self, end: str) -> str:
        """The text up to `end`, which is passed over, too."""
        place = self.text.find(end, self.at)
        if place < 0:
            raise Unreadable
        found, self.at = self.text[self.at : place], place + len(end)
        return found


def read_word(line: Characters) -> Word:
    """The word that begins here; empty when none does."""
    word = Word()
    parts: list[str] = []
    while line.rest:
        character = line.text[line.at]
        if character in "<>" and line.text[line.at + 1 : line.at + 2] == "(":
            line.at += 2
            word.lines.append(_inside_brackets(line))
            parts.append(f"{character}()")
            word.computed = True
        elif character in _ENDS_WORD:
            break
        elif character == "'":
            line.at += 1
            parts.append(line.until("'"))
            word.quoted = True
        elif character == '"' or line.sees('$"'):
            line.at += 1 if character == '"' else 2
            parts.append(_double_quoted(line, word))
            word.quoted = True
        elif line.take("$'"):
            parts.append(_escaped(line))
            word.quoted = True
        elif character == "\\":
            parts.append(line.text[line.at + 1 : line.at + 2].replace("\n", ""))
            line.at += 2
        elif character in "$`":
            parts.append(_expansion(line, word))
        else:
            word.computed = word.computed or character in _GLOB or _is_braced(line)
            parts.append(character)
            line.at += 1
    word.text = "".join(parts)
    # The command `[` is no pattern.
    word.computed = word.computed and word.text not in ("[", "[[")
    return word


def _is_braced(line: Characters) -> bool:
    """Whether `{a,b}` or `{1..3}` stands here, which the shell makes several words of."""
    if not line.sees("{"):
        return False
    end = line.text.find("}", line.at, line.at + 200)
    inside = line.text[line.at : end] if end > 0 else ""
    return "," in inside or ".." in inside


def _double_quoted(line: Characters, word: Word) -> str:
    parts: list[str] = []
    while line.rest:
        character = line.text[line.at]
        if character == '"':
            line.at += 1
            return "".join(parts)
        if character == "\\" and line.text[line.at + 1 : line.at + 2] in ("$", "`", '"', "\\", "\n"):
            parts.append(line.text[line.at + 1].replace("\n", ""))
            line.at += 2
        elif character in "$`":
            parts.append(_expansion(line, word))
        else:
            parts.append(character)
            line.at += 1
    raise Unreadable


def _escaped(line: Characters) -> str:
    """The text of `$'...'`."""
    parts: list[str] = []
    while line.rest:
        character = line.text[line.at]
        line.at += 1
        if character == "'":
            return "".join(parts)
        if character != "\\":
            parts.append(character)
            continue
        code = _CODE.match(line.text, line.at)
        if code is not None:
            number = int(code[4], 8) if code[4] else int(code[1] or code[2] or code[3], 16)
            if not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
                raise Unreadable
            parts.append(chr(number))
            line.at = code.end()
        else:
            letter = line.text[line.at : line.at + 1]
            if letter == "c":
                raise Unreadable
            parts.append(_ESCAPES.get(letter, letter))
            line.at += 1
    raise Unreadable


def _expansion(line: Characters, word: Word) -> str:
    """What stands for something else here: a variable, an arithmetic expression, or the output of commands."""
    start = line.at
    if line.take("`"):
        word.lines.append(_backticks(line))
    elif line.take("$(("):
        word.lines += substitutions_in(_arithmetic(line), line.work)
    elif line.take("$("):
        word.lines.append(_inside_brackets(line))
    elif line.take("${"):
        word.lines += substitutions_in(_braces(line), line.work)
    else:
        line.at += 1
        name = _NAME.match(line.text, line.at)
        if name is None:
            return "$"
        line.at = name.end()
    word.computed = True
    return line.text[start : line.at]


def _backticks(line: Characters) -> str:
    parts: list[str] = []
    while line.rest:
        character = line.text[line.at]
        line.at += 1
        if character == "`":
            return "".join(parts)
        if character == "\\" and line.text[line.at : line.at + 1] in ("`", "\\", "$"):
            character = line.text[line.at]
            line.at += 1
        parts.append(character)
    raise Unreadable


def _inside_brackets(line: Characters) -> str:
    """The text up to the bracket that closes `$(`, with quotes and inner brackets passed over."""
    start, depth = line.at, 1
    scratch = Word()
    while line.rest:
        character = line.text[line.at]
        if character == "#" and line.text[line.at - 1] in " \t\n;|&(":
            line.at = _end_of_line(line)
        elif character in "()":
            depth += 1 if character == "(" else -1
            line.at += 1
            if depth == 0:
                return line.text[start : line.at - 1]
        elif character == "'":
            line.at += 1
            line.until("'")
        elif character == '"':
            line.at += 1
            _double_quoted(line, scratch)
        elif character == "\\":
            line.at += 2
        elif line.take("`"):
            _backticks(line)
        else:
            line.at += 1
    raise Unreadable


def _end_of_line(line: Characters) -> int:
    end = line.text.find("\n", line.at)
    return len(line.text) if end < 0 else end


def _arithmetic(line: Characters) -> str:
    inside = _inside_brackets(line)
    if not line.take(")"):
        raise Unreadable
    return inside


def _braces(line: Characters) -> str:
    start, depth = line.at, 1
    while line.rest:
        character = line.text[line.at]
        line.at += 2 if character == "\\" else 1
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return line.text[start : line.at - 1]
    raise Unreadable


def substitutions_in(text: str, work: Work) -> list[str]:
    """The lines inside `$(...)` and backticks anywhere in a text."""
    line, word = Characters(text, work), Word()
    while line.rest:
        if line.sees("$(") or line.sees("`") or line.sees("${"):
            _expansion(line, word)
        else:
            line.at += 2 if line.sees("\\") else 1
    return word.lines
