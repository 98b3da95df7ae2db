"""What the commands of a shell line are: programs behind sudo and the like, options, paths, words only shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardagent_toolbox.reading.paths import read_path
from guardagent_toolbox.reading.shell import Redirect, Simple, read_line
from guardagent_toolbox.reading.shell_words import Characters, Unreadable, Word, Work, read_word

UNKNOWN = "?"

# Programs that run another one, with those of their options that take the next word.
_WRAPPERS: dict[str, frozenset[str]] = {
    "sudo": frozenset("-u -g -h -p -C -T -r -t -D -R -U --user --group --host --prompt --chdir --chroot".split()),
    "doas": frozenset("-u -C".split()),
    "env": frozenset("-u -C --unset --chdir".split()),
    "nice": frozenset("-n --adjustment".split()),
    "ionice": frozenset("-c -n -p --class --classdata".split()),
    "timeout": frozenset("-k -s --kill-after --signal".split()),
    "xargs": frozenset("-I -n -P -L -d -E -s -a --max-args --max-procs --delimiter --arg-file --replace".split()),
    "stdbuf": frozenset("-i -o -e --input --output --error".split()),
    "time": frozenset("-f -o --format --output".split()),
    "watch": frozenset("-n -q --interval".split()),
    "chroot": frozenset(), "nohup": frozenset(), "setsid": frozenset(), "exec": frozenset("-a".split()),
    "builtin": frozenset(), "command": frozenset(), "busybox": frozenset(), "unbuffer": frozenset(),
}  # fmt: skip
# How many words after the options are the wrapper's own.
_OWN_WORDS = {"timeout": 1, "chroot": 1}
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "su"})
_PRINTERS = frozenset({"echo", "printf"})
_SEARCHERS = frozenset({"grep", "egrep", "fgrep", "rg", "ag", "zgrep", "sed", "awk", "gawk"})
# Their options of several letters begin with one dash.
_LONG_OPTIONS = frozenset({"find", "openssl", "java", "go", "terraform", "gcc", "ffmpeg", "convert"})
_FILE_WRITES = frozenset({">", ">>", ">|", "&>", "&>>", "<>"})
_FILE_READS = frozenset({"<", "<>"})
_NUMBER = re.compile(r"\d+-?\Z|-\Z", re.ASCII)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_SHORT_OPTIONS = re.compile(r"-[A-Za-z0-9]{2,}\Z", re.ASCII)
_MAX_INSIDE = 6


def commands_of(text: str) -> list[dict[str, object]] | None:
    """The commands of a line, each as a plain object; None when it cannot be read."""
    work = Work()
    found: list[dict[str, object]] = []
    try:
        for simple in read_line(text, work):
            _Command(simple, inside="", substituted=False, level=0, work=work).add_to(found)
    except (Unreadable, RecursionError):
        return None
    return found


@dataclass(slots=True)
class _Unwrapped:
    """The program that a command comes down to, after sudo and the like."""

    wrappers: list[str]
    words: list[Word]


class _Command:
    """One simple command, and the commands that stand in its words."""

    def __init__(self, simple: Simple, *, inside: str, substituted: bool, level: int, work: Work) -> None:
        if level > _MAX_INSIDE:
            raise Unreadable
        self._simple = simple
        self._inside = inside
        self._substituted = substituted
        self._level = level
        self._work = work
        plain = _unwrapped(simple.words)
        self._wrappers = plain.wrappers
        self._words = plain.words[1:]
        self._name = _name_of(plain.words[0]) if plain.words else ""
        self._program = plain.words[0].text if plain.words else ""

    def add_to(self, found: list[dict[str, object]]) -> None:
        """Adds the command and all that it holds, in the order of the line."""
        if len(found) > 200:
            raise Unreadable
        found.append(self._plain())
        for line in self._simple.lines():
            self._add_line(line, found, substituted=True)
        for line in self._lines_to_run():
            self._add_line(line, found, substituted=False)
        for words in self._executed():
            inner = Simple(words=words)
            _Command(inner, inside=self._name, substituted=False, level=self._level + 1, work=self._work).add_to(found)

    def _add_line(self, line: str, found: list[dict[str, object]], *, substituted: bool) -> None:
        name = self._name or UNKNOWN
        for simple in read_line(line, self._work, self._level):
            _Command(simple, inside=name, substituted=substituted, level=self._level + 1, work=self._work).add_to(found)

    def _lines_to_run(self) -> Iterator[str]:
        """Texts that are run as shell lines: `sh -c "..."`, `eval ...`."""
        if self._name == "eval" and self._words:
            yield " ".join(word.text for word in self._words)
        elif self._name in _SHELLS:
            for option, value in zip(self._words, self._words[1:], strict=False):
                if re.fullmatch(r"-[a-z]*c|--command", option.text):
                    yield value.text
                    return

    def _executed(self) -> Iterator[list[Word]]:
        """Commands that are given word by word: `find -exec rm {} \\;`."""
        if self._name not in ("find", "fd"):
            return
        current: list[Word] | None = None
        for word in self._words:
            if word.text in ("-exec", "-execdir", "-ok", "-okdir", "-x", "--exec"):
                current = []
            elif current is not None and word.text in (";", "+"):
                yield current
                current = None
            elif current is not None:
                current.append(word)
        if current:
            yield current

    def _plain(self) -> dict[str, object]:
        arguments, options, values = _sorted_out(self._words, has_letters=self._name not in _LONG_OPTIONS)
        texts = self._texts(arguments)
        writes = [_target(r) for r in self._simple.redirects if _is_file(r, _FILE_WRITES)]
        reads = [_target(r) for r in self._simple.redirects if _is_file(r, _FILE_READS)]
        run = list(self._lines_to_run())
        named = [w for w in arguments if not any(w is text for text in texts) and w.text not in run]
        program = [self._program] if "/" in self._program else []
        every = [*program, *(_name_in(w.text) for w in named), *values, *writes, *reads]
        return {
            "name": self._name,
            "wrappers": self._wrappers,
            "words": [word.text for word in self._words],
            "arguments": [word.text for word in arguments],
            "options": options,
            "texts": [word.text for word in texts],
            "paths": sorted({path for text in every if (path := _path(text))}),
            "writes": writes,
            "reads": reads,
            "assigned": [word.text.partition("=")[0] for word in self._simple.assignments],
            "after": self._simple.after,
            "piped_from": [name for one in self._simple.pipe if (name := _name_after_wrappers(one))],
            "inside": self._inside,
            "substituted": self._substituted,
            "substitutions": len(self._simple.lines()),
            "computed": any(w.computed for w in (*self._simple.words, *(r.target for r in self._simple.redirects))),
        }

    def _texts(self, arguments: list[Word]) -> list[Word]:
        """The words that are only printed or searched for."""
        if self._name in _PRINTERS:
            return arguments
        if self._name not in _SEARCHERS:
            return []
        given = [
            value
            for option, value in zip(self._words, self._words[1:], strict=False)
            if option.text in ("-e", "--regexp", "--expression")
        ]
        from_file = any(word.text in ("-f", "--file") or word.text.startswith("--file=") for word in self._words)
        return given or ([] if from_file else arguments[:1])


def _unwrapped(words: list[Word]) -> _Unwrapped:
    """The words without what only starts another program."""
    wrappers: list[str] = []
    left = list(words)
    while left:
        name = _name_of(left[0])
        takes_value = _WRAPPERS.get(name)
        if takes_value is None or (name == "command" and any(w.text in ("-v", "-V") for w in left[1:2])):
            break
        rest = _after_options(left[1:], name, takes_value)
        if not rest:
            break
        wrappers.append(name)
        left = rest
    return _Unwrapped(wrappers, left)


def _after_options(words: list[Word], name: str, takes_value: frozenset[str]) -> list[Word]:
    """What stands behind the options of a wrapper; empty when nothing does."""
    own = _OWN_WORDS.get(name, 0)
    place = 0
    while place < len(words):
        text = words[place].text
        if text == "--":
            place += 1
            break
        if name == "env" and text in ("-S", "--split-string"):
            return _split(words[place + 1].text) + words[place + 2 :] if place + 1 < len(words) else []
        if text.startswith("-") and len(text) > 1:
            place += 2 if text in takes_value else 1
        elif name in ("env", "sudo", "doas") and _ASSIGNMENT.match(text):
            place += 1
        else:
            break
    return words[place + own :]


def _split(text: str) -> list[Word]:
    line = Characters(text, Work())
    words: list[Word] = []
    while True:
        while line.rest and line.text[line.at].isspace():
            line.at += 1
        if not line.rest:
            return words
        word = read_word(line)
        if not word.text and not word.quoted:
            raise Unreadable
        words.append(word)


def _name_of(word: Word) -> str:
    """The program's name without its folder; "?" when the shell works it out."""
    return UNKNOWN if word.computed else word.text.rpartition("/")[2]


def _name_after_wrappers(simple: Simple) -> str:
    plain = _unwrapped(simple.words)
    return _name_of(plain.words[0]) if plain.words else ""


def _sorted_out(words: list[Word], *, has_letters: bool) -> tuple[list[Word], list[str], list[str]]:
    """Arguments, options (letters of `-rf` one by one), and the values written into options."""
    arguments: list[Word] = []
    options: set[str] = set()
    values: list[str] = []
    ended = False
    for word in words:
        text = word.text
        if ended or not text.startswith("-") or text == "-":
            arguments.append(word)
        elif text == "--":
            ended = True
        else:
            name, equals, value = text.partition("=")
            options.add(name)
            options |= {f"-{letter}" for letter in text[1:]} if has_letters and _SHORT_OPTIONS.match(text) else set()
            values += [value] if equals else []
    return arguments, sorted(options), values


def _is_file(redirect: Redirect, operators: frozenset[str]) -> bool:
    if redirect.operator == ">&":
        return ">" in operators and not _NUMBER.match(redirect.target.text)
    return redirect.operator in operators


def _target(redirect: Redirect) -> str:
    return _path(redirect.target.text) or redirect.target.text


def _name_in(text: str) -> str:
    """The file in `if=/dev/zero` and in `@/etc/passwd`."""
    front, equals, value = text.partition("=")
    if equals and front.isidentifier():
        return value
    return text.removeprefix("@")


def _path(text: str) -> str:
    """The text as a path with ".." resolved where that can be done; else as it is."""
    path = read_path(text)
    return text if path is None else path.text
