"""Shell lines to simple commands: pipelines, lists, groups, redirections and substitutions. Nothing is run.

POSIX and Bash as agents write them. Functions, `case`, `select`, `[[`, `((`, and anything else that this reader is not
sure about make the whole line unreadable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from guardagent_toolbox.reading.shell_words import (
    MAX_LINE,
    Characters,
    Unreadable,
    Word,
    Work,
    read_word,
    substitutions_in,
)

_REDIRECT = re.compile(r"(\d{1,2}|\{[A-Za-z_]\w*\})?(&>>|&>|<<<|<<-|<<|<>|>>|>\||>&|<&|<(?!\()|>(?!\())", re.ASCII)
_CONTROL = ("&&", "||", ";;", "|&", "|", ";", "&", "\n")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=", re.ASCII)
# A command follows at once; the first ones begin a group.
_OPENERS = frozenset({"if", "while", "until", "{"})
_MIDDLES = frozenset({"then", "elif", "else", "do", "!"})
_CLOSERS = frozenset({"fi", "done", "}"})
_REFUSED = frozenset({"case", "esac", "select", "function", "[[", "coproc"})
_MAX_NESTING = 12
_MAX_COMMANDS = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """One redirection; the target is a file name, a descriptor such as "1" or "-", or the text of a here-document."""

    operator: str
    descriptor: str
    target: Word


@dataclass(slots=True)
class Simple:
    """A simple command: its words, what it is joined by, and where it stands."""

    words: list[Word] = field(default_factory=list)
    assignments: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    # The operator before it, and the commands whose output it reads.
    after: str = ""
    pipe: list[Simple] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a command was read yet."""
        return not (self.words or self.assignments or self.redirects)

    def lines(self) -> list[str]:
        """The lines of all substitutions in it."""
        targets = [redirect.target for redirect in self.redirects]
        return [line for word in (*self.words, *self.assignments, *targets) for line in word.lines]


def read_line(text: str, work: Work, nesting: int = 0) -> list[Simple]:
    """The simple commands of a line, in order; those of substitutions are not among them.

    Raises:
        Unreadable: quotes or brackets stay open, or it holds something that this reader does not know.
    """
    if len(text) > MAX_LINE or "\0" in text:
        raise Unreadable
    reader = _Reader(Characters(text.replace("\\\r\n", "").replace("\\\n", ""), work), nesting)
    reader.list_of_commands(end="")
    return reader.found


class _Reader:
    def __init__(self, line: Characters, nesting: int) -> None:
        self._line = line
        self._nesting = nesting
        self.found: list[Simple] = []
        self._waiting: list[tuple[Redirect, bool]] = []
        # The groups that are open: where each begins, and the commands whose output it reads.
        self._groups: list[tuple[int, list[Simple]]] = []

    def list_of_commands(self, end: str) -> None:
        """Reads up to a closing bracket, or to the end of the line."""
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise Unreadable
        operator = ""
        pipe: list[Simple] = []
        open_before = len(self._groups)
        while True:
            added = self.found[self._command(operator, pipe) :]
            self._blanks()
            if end and self._line.take(end):
                break
            if not self._line.rest:
                if end:
                    raise Unreadable
                break
            operator = next((sign for sign in _CONTROL if self._line.take(sign)), "")
            if operator in ("", ";;"):
                raise Unreadable
            pipe = [*pipe, *added] if operator in ("|", "|&") else []
            if operator == "\n":
                self._here_documents()
        if self._waiting:
            self._here_documents()
        if len(self._groups) != open_before:
            raise Unreadable
        self._nesting -= 1

    def _command(self, operator: str, pipe: list[Simple]) -> int:
        """Reads one command of a pipeline, simple or a group; gives where it begins among those found."""
        command = Simple(after=operator, pipe=pipe)
        start = len(self.found)
        while True:
            self._blanks()
            if self._redirect(command):
                continue
            if self._line.take("("):
                if not command.is_empty or self._line.sees("("):
                    raise Unreadable
                self.list_of_commands(end=")")
                self._close_group(start, command.pipe)
                if len(self.found) > start:
                    self.found[start].after = operator
                return start
            word = read_word(self._line)
            if word.text == "" and not word.quoted and not word.computed:
                break
            if command.is_empty and not word.quoted and not word.computed and self._is_reserved(word.text, command):
                if word.text in _CLOSERS:
                    return self._end_group()
                continue
            self._add(word, command)
        if not command.is_empty:
            self.found.append(command)
        if len(self.found) > _MAX_COMMANDS:
            raise Unreadable
        return start

    def _add(self, word: Word, command: Simple) -> None:
        if not command.words and _ASSIGNMENT.match(word.text):
            command.assignments.append(word)
        elif not command.words and self._line.sees("("):
            raise Unreadable
        else:
            command.words.append(word)

    def _is_reserved(self, text: str, command: Simple) -> bool:
        """Whether the word only frames commands, as `then` and `}` do; it stands where a command would begin."""
        if text in _REFUSED:
            raise Unreadable
        if text in _OPENERS or text == "for":
            self._groups.append((len(self.found), command.pipe))
            command.pipe = []
        if text == "for":
            self._loop_header(command)
        return text in _OPENERS or text in _MIDDLES or text in _CLOSERS or text == "for"

    def _end_group(self) -> int:
        if not self._groups:
            raise Unreadable
        start, pipe = self._groups.pop()
        self._close_group(start, pipe)
        return start

    def _close_group(self, start: int, pipe: list[Simple]) -> None:
        """What is piped into a group, or redirected after it, holds for every command in it."""
        after = Simple()
        self._blanks()
        while self._redirect(after):
            self._blanks()
        for one in self.found[start:]:
            one.redirects += after.redirects
            one.pipe = [*pipe, *one.pipe]

    def _loop_header(self, command: Simple) -> None:
        """Passes over `NAME in words`; the words are kept as assigned, for their substitutions run."""
        self._blanks()
        name = read_word(self._line)
        if not name.text.isidentifier():
            raise Unreadable
        while not (self._line.sees(";") or self._line.sees("\n")):
            self._blanks()
            word = read_word(self._line)
            if not word.text and not word.quoted:
                if self._line.sees(";") or self._line.sees("\n"):
                    break
                raise Unreadable
            if word.lines:
                command.assignments.append(word)

    def _redirect(self, command: Simple) -> bool:
        match = _REDIRECT.match(self._line.text, self._line.at)
        if match is None:
            return False
        self._line.at = match.end()
        self._blanks()
        target = read_word(self._line)
        if not target.text and not target.quoted and not target.computed:
            raise Unreadable
        redirect = Redirect(match[2], match[1] or "", target)
        command.redirects.append(redirect)
        if match[2] in ("<<", "<<-"):
            if target.computed:
                raise Unreadable
            self._waiting.append((redirect, target.quoted))
        return True

    def _here_documents(self) -> None:
        """Reads the texts that were announced by `<<` on the line before."""
        for redirect, is_literal in self._waiting:
            end = redirect.target.text
            lines: list[str] = []
            while True:
                if not self._line.rest:
                    raise Unreadable
                stop = self._line.text.find("\n", self._line.at)
                stop = len(self._line.text) if stop < 0 else stop
                text = self._line.text[self._line.at : stop]
                self._line.at = stop + 1
                if (text.lstrip("\t") if redirect.operator == "<<-" else text) == end:
                    break
                lines.append(text)
            redirect.target.text = "\n".join(lines)
            if not is_literal:
                redirect.target.lines += substitutions_in(redirect.target.text, self._line.work)
        self._waiting = []

    def _blanks(self) -> None:
        """Passes over spaces and comments."""
        line = self._line
        while line.rest and line.text[line.at] in " \t\r":
            line.at += 1
        if line.sees("#"):
            end = line.text.find("\n", line.at)
            line.at = len(line.text) if end < 0 else end
