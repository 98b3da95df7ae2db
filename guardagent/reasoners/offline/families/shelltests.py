"""Tests of a shell command: which one it is, how it is joined to others."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.codefields import shell_in
from guardagent.reasoners.offline.commandline import TAKING, Command, CommandTest, either
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.shellwords import Named


def is_one(context: Context, listed: tuple[Named, ...]) -> CommandTest | None:
    if not shell_in(context):
        return None
    data = [[list(n.words), [list(o) for o in n.options]] for n in listed]
    return CommandTest(
        f"is_command(c, {data!r})",
        lambda c, _e: any(_is(c, n) for n in listed),
        tuple(_line(n) for n in listed),
        f"it is {' or '.join(' '.join(n.words) for n in listed)}",
    )


_WRAPPERS = frozenset({"sudo", "doas", "env", "xargs", "nohup", "nice", "timeout", "time", "watch", "exec"})


def is_any(context: Context, listed: tuple[Named, ...]) -> CommandTest | None:
    """It is one of the commands, or runs under one of them: `sudo`."""
    plain = is_one(context, listed)
    around = sorted(n.words[0] for n in listed if n.words[0] in _WRAPPERS and len(n.words) == 1 and not n.options)
    if plain is None or not around:
        return plain
    under = CommandTest(
        f'any(w in {around!r} for w in c["wrappers"])',
        lambda c, _e: bool(set(around) & set(c["wrappers"])),
        tuple(f"{w} ls" for w in around),
        f"it is run by {' or '.join(around)}",
    )
    return either(under, plain)


def with_options(
    context: Context, listed: tuple[Named, ...], options: tuple[tuple[str, ...], ...]
) -> CommandTest | None:
    return is_one(context, tuple(n._replace(options=(*n.options, *options)) for n in listed))


def more_options(_context: Context, first: tuple[Any, ...], rest: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    return (*first, *rest)


def option_anywhere(context: Context, options: tuple[tuple[str, ...], ...]) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        " and ".join(f'any(o in c["options"] for o in {list(same)!r})' for same in options),
        lambda c, _e: all(set(same) & set(c["options"]) for same in options),
        tuple(f"git push {' '.join(same[-1] for same in options)}" for _ in (1,)),
        f"it has the option {' and '.join(same[0] for same in options)}",
    )


def _is(command: Command, named: Named) -> bool:
    words = command["words"]
    verbs = [w for n, w in enumerate(words) if not w.startswith("-") and not (n and words[n - 1] in TAKING)]
    own = (command["name"], *verbs)
    return own[: len(named.words)] == named.words and all(set(o) & set(command["options"]) for o in named.options)


def _line(named: Named) -> str:
    return " ".join([*named.words, *(o[0] for o in named.options), "web"])


def wrapped(context: Context) -> CommandTest | None:
    """sudo stands before it."""
    if not shell_in(context):
        return None
    return CommandTest(
        'c["name"] == "sudo" or any(w in ("sudo", "doas", "su") for w in c["wrappers"])',
        lambda c, _e: c["name"] == "sudo" or bool({"sudo", "doas", "su"} & set(c["wrappers"])),
        ("sudo ls", "sudo systemctl status web"),
        "it is run with sudo",
    )


def substitution(context: Context) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        'c["substitutions"] > 0',
        lambda c, _e: c["substitutions"] > 0,
        ("ls $(pwd)", "ls `pwd`"),
        "it has a substitution",
    )


def piped(context: Context, sources: tuple[Named, ...], targets: tuple[Named, ...]) -> CommandTest | None:
    if not shell_in(context):
        return None
    one, other = sorted(n.words[0] for n in sources), sorted(n.words[0] for n in targets)
    return CommandTest(
        f'c["name"] in {other!r} and any(p in {one!r} for p in c["piped_from"])',
        lambda c, _e: c["name"] in other and bool(set(one) & set(c["piped_from"])),
        (*(f"{a} x.example | {b}" for a in one[:2] for b in other), *(f"{a} x.example > page" for a in one)),
        f"{' or '.join(one)} is piped into {' or '.join(other)}",
    )


def piped_into(context: Context, targets: tuple[Named, ...]) -> CommandTest | None:
    if not shell_in(context):
        return None
    other = sorted(n.words[0] for n in targets)
    return CommandTest(
        f'c["name"] in {other!r} and len(c["piped_from"]) > 0',
        lambda c, _e: c["name"] in other and bool(c["piped_from"]),
        tuple(f"cat page | {b}" for b in other),
        f"something is piped into {' or '.join(other)}",
    )


def pipes(context: Context) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        'len(c["piped_from"]) > 0', lambda c, _e: bool(c["piped_from"]), ("cat a | head",), "it is behind a pipe"
    )


def chained(context: Context) -> CommandTest | None:
    if not shell_in(context):
        return None
    signs = ("&&", "||", ";")
    return CommandTest(
        f'c["after"] in {signs!r}',
        lambda c, _e: c["after"] in signs,
        ("ls && pwd", "ls; pwd", "ls || pwd"),
        "it is chained",
    )


def redirected(context: Context) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        'len(c["writes"]) > 0',
        lambda c, _e: bool(c["writes"]),
        ("ls > list.txt", "ls >> list.txt"),
        "its output is redirected",
    )


def among(context: Context, field: Field) -> CommandTest | None:
    """What the command is about stands in a list of the event."""
    if not field.is_list or not shell_in(context):
        return None
    return CommandTest(
        f"len(shell_verbs(c)) > 2 and all(a in ({field.code()} or []) for a in shell_verbs(c)[2:])",
        lambda c, e: _listed(c, field, e),
        (),
        f"it is about what {field.says()} lists",
        (field,),
    )


def _listed(command: Command, field: Field, event: Event) -> bool:
    words = command["words"]
    verbs = [w for n, w in enumerate(words) if not w.startswith("-") and not (n and words[n - 1] in TAKING)]
    return len(verbs) > 1 and all(v in (field.of(event) or []) for v in verbs[1:])
