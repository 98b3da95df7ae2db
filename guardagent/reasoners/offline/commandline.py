"""Shell lines that an agent wrote: tests of a single command, and conditions on a line that holds some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import Value, unique

Read = Callable[..., Any]
Command = dict[str, Any]

# Options that take the word behind them.
TAKING = ("-n", "--namespace", "--context", "--kubeconfig", "-C", "-H", "--host", "--cluster")

helper(
    "shell_commands",
    '''
def shell_commands(value):
    """The commands of a shell line; [] when there are none, or they can't be read."""
    found = read_shell(value) if isinstance(value, str) else None
    return [] if found is None else found
''',
)
helper(
    "shell_unread",
    '''
def shell_unread(value):
    """Whether there is something that can't be read as a shell line."""
    return value is not None and (not isinstance(value, str) or (value.strip() != "" and read_shell(value) is None))
''',
)
helper(
    "shell_verbs",
    f'''
def shell_verbs(command):
    """The name of a command and its arguments, without options and the words that they take."""
    found = [command["name"]]
    words = command["words"]
    for n, word in enumerate(words):
        taken = n > 0 and words[n - 1] in {list(TAKING)!r}
        if not word.startswith("-") and not taken:
            found.append(word)
    return found
''',
)
helper(
    "is_command",
    '''
def is_command(command, listed):
    """Whether it is one of the listed commands: [words, options], each option with its other spellings."""
    verbs = shell_verbs(command)
    return any(
        verbs[: len(words)] == words and all(any(o in command["options"] for o in same) for same in options)
        for words, options in listed
    )
''',
)
helper(
    "path_fits",
    '''
def path_fits(path, exact, below, endings):
    """Whether a path is one of those named, below one of the folders (or the folder itself), or ends so."""
    lower = path.lower()
    return (
        path in exact
        or any(path_within(path, folder) is True for folder in below)
        or any(lower.endswith(e) for e in endings)
    )
''',
)


class CommandTest(NamedTuple):
    """A test of one command `c`: its code, its own evaluation, lines that may meet it, its name."""

    code: str
    holds: Callable[[Command, Event], bool]
    samples: tuple[str, ...]
    says: str
    # The event's other values that it reads.
    reads: tuple[Value, ...] = ()


def inverse(test: CommandTest) -> CommandTest:
    """The command is not so."""
    return test._replace(
        code=f"not ({test.code})", holds=lambda c, e: not test.holds(c, e), says=f"not so that {test.says}"
    )


def every(*tests: CommandTest) -> CommandTest:
    """The command is so in every way."""
    return _joined(tests, " and ", all)


def either(*tests: CommandTest) -> CommandTest:
    """The command is so in some way."""
    return _joined(tests, " or ", any)


def _joined(tests: Sequence[CommandTest], word: str, how: Callable[..., bool]) -> CommandTest:
    return CommandTest(
        word.join(f"({t.code})" for t in tests),
        lambda c, e: how(t.holds(c, e) for t in tests),
        tuple(text for t in tests for text in t.samples),
        word.join(t.says for t in tests),
        tuple(value for t in tests for value in t.reads),
    )


@dataclass(frozen=True)
class Shell:
    """The field that holds a shell line."""

    field: Field
    read: Read | None

    def of(self, event: Event) -> list[Command] | None:
        """Its commands; None when there is no line, or it can't be read."""
        text = self.field.of(event)
        return _parsed(self.read, text) if isinstance(text, str) and self.read else None

    def unread(self, event: Event) -> bool:
        """Whether there is something that can't be read."""
        text = self.field.of(event)
        blank = isinstance(text, str) and not text.strip()
        return text is not None and not blank and self.of(event) is None


@lru_cache(maxsize=1024)
def _parsed(read: Read, text: str) -> list[Command] | None:
    found: list[Command] | None = read(text)
    return found


@dataclass(frozen=True)
class SomeCommand:
    """One of the commands of the line meets the test; a line that can't be read may."""

    shell: Shell
    test: CommandTest

    def code(self, unclear: bool) -> str:
        line = self.shell.field.code()
        found = f"any({self.test.code} for c in shell_commands({line}))"
        return f"{found} or shell_unread({line})" if unclear else found

    def holds(self, event: Event) -> bool:
        return self.shell.unread(event) or any(self.test.holds(c, event) for c in self.shell.of(event) or ())

    def make(self, event: Event, truth: bool) -> list[Event]:
        lines = dict.fromkeys([*self.test.samples, *_PLAIN_LINES])
        made = [e for line in lines for e in self.shell.field.put(event, line)]
        made += [x for e in made for v in self.test.reads for w in ([], ["web"]) for x in v.put(e, w)]
        return [e for e in made if not self.shell.unread(e) and self.holds(e) is truth][:6]

    def fields(self) -> list[str]:
        return unique([*self.shell.field.fields(), *(f for v in self.test.reads for f in v.fields())])

    def says(self) -> str:
        return f"a command in {self.shell.field.says()} is such that {self.test.says}"


_PLAIN_LINES = ("ls", "cat notes.txt", "git status", "echo done")
