"""Tests of a shell command: the paths that it names and writes to."""

from __future__ import annotations

import posixpath

from guardagent.reasoners.offline.codefields import shell_in
from guardagent.reasoners.offline.commandline import CommandTest
from guardagent.reasoners.offline.context import Context

Spec = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def path_exact(_context: Context, path: str) -> Spec:
    return ((path,), (), ())


def path_below(_context: Context, path: str) -> Spec:
    return ((), (path.rstrip("/") or "/",), ())


def path_ending(_context: Context, ending: str) -> Spec:
    return ((), (), (ending,))


def specs(_context: Context, first: Spec, rest: Spec = ((), (), ())) -> Spec:
    return (first[0] + rest[0], first[1] + rest[1], first[2] + rest[2])


def folders(_context: Context, path: str, rest: Spec = ((), (), ())) -> Spec:
    return (rest[0], (path.rstrip("/") or "/", *rest[1]), rest[2])


def names(context: Context, spec: Spec) -> CommandTest | None:
    """One of the paths of the command is such."""
    if not shell_in(context):
        return None
    return CommandTest(
        f'any({_fits("p", spec)} for p in c["paths"])',
        lambda c, _e: any(_fit(p, spec) for p in c["paths"]),
        tuple(f"cat {p}" for p in _samples(spec)),
        f"it names {_say(spec)}",
    )


def every_path_in(context: Context, spec: Spec) -> CommandTest | None:
    """Each path that the command is given is such; one without paths is not."""
    if not shell_in(context):
        return None
    return CommandTest(
        f'len(c["arguments"]) > 0 and all({_fits("p", spec)} for p in c["paths"]) and not c["computed"]',
        lambda c, _e: bool(c["arguments"]) and all(_fit(p, spec) for p in c["paths"]) and not c["computed"],
        (),
        f"every path is {_say(spec)}",
    )


def deletes(test: CommandTest, spec: Spec) -> CommandTest:
    """The test with lines that have paths."""
    lines = [
        f"{line.rsplit(' web', 1)[0]} {p}"
        for line in test.samples
        for p in (*_samples(spec), "/srv/app", f"{(spec[1] or ('/',))[0]}/../etc")
    ]
    return test._replace(samples=tuple(lines))


def writes_outside(context: Context, spec: Spec) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        f'any(not ({_fits("p", spec)}) for p in c["writes"])',
        lambda c, _e: any(not _fit(p, spec) for p in c["writes"]),
        tuple(f"ls > {p}" for p in (*_samples(spec), "/etc/list")),
        f"its output goes to something other than {_say(spec)}",
    )


def writes_into(context: Context, spec: Spec) -> CommandTest | None:
    if not shell_in(context):
        return None
    return CommandTest(
        f'any({_fits("p", spec)} for p in c["writes"])',
        lambda c, _e: any(_fit(p, spec) for p in c["writes"]),
        tuple(f"ls > {p}" for p in _samples(spec)),
        f"its output goes to {_say(spec)}",
    )


def _fits(variable: str, spec: Spec) -> str:
    return f"path_fits({variable}, {list(spec[0])!r}, {list(spec[1])!r}, {list(spec[2])!r})"


def _fit(path: str, spec: Spec) -> bool:
    plain = posixpath.normpath(path)
    exact, below, endings = spec
    inside = any(plain == f or plain.startswith(f.rstrip("/") + "/") for f in below)
    return path in exact or inside or path.lower().endswith(tuple(endings))


def _samples(spec: Spec) -> list[str]:
    return [*spec[0], *(f"{f.rstrip('/')}/a" for f in spec[1]), *(f"/home/kim/site{e}" for e in spec[2])]


def _say(spec: Spec) -> str:
    parts = [*spec[0], *(f"below {f}" for f in spec[1]), *(f"*{e}" for e in spec[2])]
    return " or ".join(parts)


def endings_more(_context: Context, ending: str, rest: Spec) -> Spec:
    return specs(_context, path_ending(_context, ending), rest)
