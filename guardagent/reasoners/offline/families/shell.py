"""Shell commands that an agent runs: which ones, with which options, on which paths, piped and redirected where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guardagent.reasoners.offline.codefields import shell_in
from guardagent.reasoners.offline.commandline import CommandTest, SomeCommand, either, every, inverse
from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import not_ as not_
from guardagent.reasoners.offline.families.frames import only_when as only_when
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.frames import when as when
from guardagent.reasoners.offline.families.shellpaths import (
    Spec,
    deletes,
    every_path_in,
    names,
    writes_into,
    writes_outside,
)
from guardagent.reasoners.offline.families.shellpaths import endings_more as endings_more
from guardagent.reasoners.offline.families.shellpaths import folders as folders
from guardagent.reasoners.offline.families.shellpaths import path_below as path_below
from guardagent.reasoners.offline.families.shellpaths import path_ending as path_ending
from guardagent.reasoners.offline.families.shellpaths import path_exact as path_exact
from guardagent.reasoners.offline.families.shellpaths import specs as specs
from guardagent.reasoners.offline.families.shelltests import among as among
from guardagent.reasoners.offline.families.shelltests import chained as chained
from guardagent.reasoners.offline.families.shelltests import is_any as is_any
from guardagent.reasoners.offline.families.shelltests import is_one as is_one
from guardagent.reasoners.offline.families.shelltests import more_options as more_options
from guardagent.reasoners.offline.families.shelltests import option_anywhere as option_anywhere
from guardagent.reasoners.offline.families.shelltests import piped, piped_into
from guardagent.reasoners.offline.families.shelltests import pipes as pipes
from guardagent.reasoners.offline.families.shelltests import redirected as redirected
from guardagent.reasoners.offline.families.shelltests import substitution as substitution
from guardagent.reasoners.offline.families.shelltests import with_options as with_options
from guardagent.reasoners.offline.families.shelltests import wrapped as wrapped
from guardagent.reasoners.offline.meanings import Amend, Change, Meaning, Note
from guardagent.reasoners.offline.rewrite import parts_of, rewritten_conditions
from guardagent.reasoners.offline.shellwords import Named


def word(_context: Context, *_words: Any) -> bool:
    return True


def note(context: Context, *_words: Any) -> Meaning | None:
    """What reading a shell line does anyhow."""
    return Note() if shell_in(context) else None


def plain_note(_context: Context) -> Meaning:
    return Note()


# Commands.


# Paths.


# Rules.


def some(context: Context, test: CommandTest | None) -> Condition | None:
    shell = shell_in(context)
    return SomeCommand(shell, test) if shell and test else None


def run(context: Context, listed: tuple[Named, ...]) -> Condition | None:
    return some(context, is_one(context, listed))


def no_other(context: Context, test: CommandTest) -> Condition | None:
    return some(context, inverse(test))


def only_in(context: Context, test: CommandTest, spec: Spec) -> Condition | None:
    inside = every_path_in(context, spec)
    return some(context, every(deletes(test, spec), inverse(inside))) if inside else None


def not_in(context: Context, test: CommandTest, spec: Spec) -> Condition | None:
    named = names(context, spec)
    return some(context, every(deletes(test, spec), named)) if named else None


def output_only(context: Context, spec: Spec) -> Condition | None:
    return some(context, writes_outside(context, spec))


def output_never(context: Context, spec: Spec) -> Condition | None:
    return some(context, writes_into(context, spec))


def no_paths(context: Context, spec: Spec) -> Condition | None:
    return some(context, names(context, spec))


def unless(_context: Context, rule: Condition, *excused: CommandTest) -> Condition | None:
    """The exception is about the same command as the rule."""
    if not isinstance(rule, SomeCommand):
        return None
    return SomeCommand(rule.shell, every(rule.test, inverse(either(*excused))))


def without(_context: Context, test: CommandTest, other: CommandTest) -> CommandTest:
    return every(test, inverse(other))


def things(_context: Context, first: CommandTest, rest: CommandTest) -> CommandTest:
    return either(first, rest)


def three(_context: Context, keys: Condition, *rules: Condition) -> Condition:
    return both(keys, Any_(rules))


def command_only_when(context: Context, test: CommandTest, condition: Condition) -> Condition | None:
    found = some(context, test)
    return both(found, Not(condition)) if found else None


def pipe_rule(context: Context, sources: tuple[Named, ...], targets: tuple[Named, ...]) -> Condition | None:
    return some(context, piped(context, sources, targets))


def pipe_any(context: Context, targets: tuple[Named, ...]) -> Condition | None:
    return some(context, piped_into(context, targets))


def interpreters(_context: Context) -> tuple[Named, ...]:
    return tuple(Named((name,)) for name in "sh bash zsh dash ksh fish python python3 perl ruby node php".split())


# Exceptions and remarks.


def accepted_too(
    _context: Context, condition: Condition | None, test: CommandTest, listed: CommandTest | None = None
) -> Change:
    """The allow-list of the rule before has one more entry while a condition holds."""
    more = every(test, listed) if listed else test

    def change(rule: Condition) -> Condition | None:
        rules = [p for p in parts_of(rule) if isinstance(p, SomeCommand)]
        if len(rules) != 1 or not rules[0].test.code.startswith("not ("):
            return None
        wider = replace(rules[0], test=every(rules[0].test, inverse(more)))
        either_way = wider if condition is None else Any_((both(rules[0], Not(condition)), wider))
        return rewritten_conditions(rule, lambda node: either_way if node == rules[0] else node)

    return change


def exception(
    context: Context, condition: Condition | None, test: CommandTest, listed: CommandTest | None = None
) -> Meaning:
    return Amend(accepted_too(context, condition, test, listed))


def about_shell(_context: Context, *_words: Any) -> Change:
    def change(condition: Condition) -> Condition | None:
        return condition if any(isinstance(p, SomeCommand) for p in parts_of(condition)) else None

    return change
