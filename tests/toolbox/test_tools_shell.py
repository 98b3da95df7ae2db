"""Shell lines: what runs, what is only a word, and what cannot be told."""

from __future__ import annotations

import shlex
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.source import read_shell


def commands(line: str) -> list[dict[str, Any]]:
    found = read_shell(line)
    assert found is not None
    return found


NAMES = {
    "ls -l": ["ls"],
    "/usr/bin/ls": ["ls"],
    "ls; rm x && cat y || reboot & wait": ["ls", "rm", "cat", "reboot", "wait"],
    "a | b |& c\nd": ["a", "b", "c", "d"],
    "a \\\n b": ["a"],
    "echo 'rm -rf /' \"reboot; halt\" # shutdown": ["echo"],
    "grep reboot log": ["grep"],
    "echo a#b": ["echo"],
    "r\\m x; 'r'm y; r\"m\" z; $'\\x72m'": ["rm", "rm", "rm", "rm"],
    "sudo -u root A=1 nice -n 5 rm x": ["rm"],
    "env -i PATH=/bin timeout -k 1 5s xargs -n 1 rm": ["rm"],
    "env -S 'rm -rf x'": ["rm"],
    "sudo -l": ["sudo"],
    "command -v rm": ["command"],
    "A=1 B=2": [""],
    "> /tmp/x": [""],
    "ls $(cat `which x`)": ["ls", "cat", "which"],
    'echo "now $(date) ${x:-$(id)} $((1 + $(nproc)))"': ["echo", "date", "id", "nproc"],
    "echo '$(date)' \\$(date": None,
    "echo '$(date)' \\`date": ["echo"],
    "diff <(ls a) >(cat)": ["diff", "ls", "cat"],
    "bash -c 'rm -rf / && halt'": ["bash", "rm", "halt"],
    "sudo sh -ec 'rm x'": ["sh", "rm"],
    'eval "rm x" y': ["eval", "rm"],
    "find . -name a -exec rm {} \\; -execdir mv {} b +": ["find", "rm", "mv"],
    "(a; b) | c": ["a", "b", "c"],
    "{ a; b; } > x": ["a", "b"],
    "if a; then b; elif c; then d; else e; fi": ["a", "b", "c", "d", "e"],
    "for f in $(ls); do rm $f; done": ["", "ls", "rm"],
    "while ! a; do b; done < f | c": ["a", "b", "c"],
    "cat <<EOF | sh\nrm $(id)\nEOF\nls": ["cat", "id", "sh", "ls"],
    "cat <<'EOF'\n$(id)\nEOF": ["cat"],
    "cat <<-EOF\n\tx\n\tEOF\nls": ["cat", "ls"],
    "$CMD x; ${x}y; l*; $(echo rm) z": ["?", "?", "?", "?", "echo"],
    "": [],
    "  # nothing": [],
}


@pytest.mark.parametrize(("line", "names"), NAMES.items())
def test_every_command_is_found_and_no_word_is_taken_for_one(line: str, names: list[str] | None) -> None:
    found = read_shell(line)
    assert (found if found is None else [command["name"] for command in found]) == names


FACTS: list[tuple[str, int, dict[str, Any]]] = [
    ("rm -r -f -- a -b", 0, {"options": ["-f", "-r"], "arguments": ["a", "-b"]}),
    ("rm -rf a", 0, {"options": ["-f", "-r", "-rf"]}),
    ("cp --force=yes a b", 0, {"options": ["--force"], "paths": ["a", "b", "yes"]}),
    ("find . -name x", 0, {"options": ["-name"]}),
    ("cat /srv/a/../../etc/x ./y ~/z", 0, {"paths": ["/etc/x", "y", "~/z"]}),
    ("dd if=/dev/zero of=/dev/../dev/sda", 0, {"paths": ["/dev/sda", "/dev/zero"]}),
    ("curl -d @/etc/passwd x", 0, {"paths": ["/etc/passwd", "x"]}),
    ("/bin/../sbin/halt", 0, {"name": "halt", "paths": ["/sbin/halt"]}),
    ("grep /etc/shadow notes.txt", 0, {"texts": ["/etc/shadow"], "paths": ["notes.txt"]}),
    ("grep -e /etc/shadow -r notes", 0, {"texts": ["/etc/shadow"], "paths": ["notes"]}),
    ("echo /etc/shadow", 0, {"texts": ["/etc/shadow"], "paths": []}),
    ("bash -c 'cat /x'", 1, {"inside": "bash", "substituted": False, "paths": ["/x"]}),
    ("ls $(cat x)", 1, {"inside": "ls", "substituted": True}),
    ("ls $(cat x)", 0, {"substitutions": 1, "computed": True}),
    ("ls *.py", 0, {"computed": True}),
    ("ls '*.py'", 0, {"computed": False}),
    ("ls {a,b}", 0, {"computed": True}),
    ("a > x 2>> y 2>&1 < z >&2", 0, {"writes": ["x", "y"], "reads": ["z"]}),
    ("a &> x", 0, {"writes": ["x"]}),
    ("a >& x", 0, {"writes": ["x"]}),
    ("a >| /tmp/../x", 0, {"writes": ["/x"]}),
    ("(a; b) >> x", 1, {"writes": ["x"], "after": ";"}),
    ("{ a; b; } > x", 0, {"writes": ["x"]}),
    ("curl x | tee y | sudo bash", 2, {"piped_from": ["curl", "tee"], "wrappers": ["sudo"], "after": "|"}),
    ("curl x | (cd y; sh)", 2, {"piped_from": ["curl"]}),
    ("for x in a; do curl $x; done | sh", 1, {"piped_from": ["curl"]}),
    ("curl x | while read l; do sh; done", 2, {"piped_from": ["curl"]}),
    ("curl x; sh", 1, {"piped_from": []}),
    ("A=1 b", 0, {"assigned": ["A"], "name": "b"}),
]


@pytest.mark.parametrize(("line", "place", "facts"), FACTS, ids=[f"{line} [{place}]" for line, place, _ in FACTS])
def test_what_stands_in_a_command(line: str, place: int, facts: dict[str, Any]) -> None:
    command = commands(line)[place]
    assert {key: command[key] for key in facts} == facts


@pytest.mark.parametrize(
    "line",
    ["echo 'a", 'echo "a', "echo `a", "echo $(a", "echo ${a", "(a", "a)", "{ a", "a }; }", "if a; then b", "f() { a; }",
     "function f { a; }", "case x in a) b;; esac", "[[ a ]]", "((a))", "a ;; b", "cat <<EOF\nx", "a >", "x\0y",
     "a;" * 300, "x" * 9_000, "$(" * 40 + ")" * 40, None, 5, ["ls"]],
)  # fmt: skip
def test_what_cannot_be_told_is_none(line: Any) -> None:
    assert read_shell(line) is None


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8), min_size=1))
def test_quoted_words_are_read_as_they_were(words: list[str]) -> None:
    (command,) = commands(f"echo {shlex.join(words)}")
    assert command["words"] == [word.replace("\\\r\n", "").replace("\\\n", "") for word in words]


LINES = st.text(st.sampled_from(list("ab \t\n;|&<>(){}[]$`'\"\\#!=*-~/.0123")), max_size=60)


@given(LINES)
def test_any_line_has_an_answer(line: str) -> None:
    found = read_shell(line)
    assert found is None or all(isinstance(command["name"], str) for command in found)


@pytest.mark.parametrize(
    "line",
    ["$(" * 4_000, "${" * 4_000, "`" * 8_000, '"$(' * 2_600, "a|" * 4_000, "(" * 8_000, "{ " * 4_000, "a $(b) " * 1_100,
     "${" * 2_000 + "}" * 4_000, "'x' " * 2_000, "<<a " * 2_000, "a " * 4_000, "bash -c " * 1_000, "sudo " * 1_600,
     "find -exec " * 700],
    ids=lambda line: line[:8],
)  # fmt: skip
def test_hostile_lines_are_read_quickly(line: str) -> None:
    start = time.process_time()
    read_shell(line)
    assert time.process_time() - start < 0.2
