"""Words of the shell as authors write them: commands, options, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from guardagent.reasoners.offline.chart import Terminal
from guardagent.reasoners.offline.tokens import Token

# Programs whose first word says what they do: `git push`.
_WITH_VERBS = frozenset(
    (
        "git kubectl systemctl docker podman apt apt-get npm yarn pip pip3 helm terraform aws gcloud az cargo "
        "go brew svn service ip snap dnf yum gh crontab vault consul nomad oc poetry conda journalctl"
    ).split()
)
_PROGRAMS = _WITH_VERBS | frozenset(
    (
        "ls cat head tail grep egrep fgrep rg df du ps top uptime free vmstat iostat netstat ss dmesg less "
        "more wc sort uniq cut awk sed tr tee xargs find locate which whoami id uname hostname env printenv "
        "pwd cd stat file rm rmdir mv cp ln mkdir touch chmod chown chgrp chattr dd mkfs fdisk parted mount "
        "umount fsck shutdown reboot halt poweroff init kill killall pkill sudo su doas passwd useradd "
        "userdel usermod groupadd visudo curl wget nc ncat netcat telnet ssh scp sftp rsync ftp ping dig "
        "nslookup host traceroute nmap tcpdump iptables nft ufw sh bash zsh dash ksh fish python python2 "
        "python3 perl ruby node php eval exec source nohup screen tmux crontab at echo printf tar zip unzip "
        "gzip gunzip make gcc java mysql psql sqlite3 mongo redis-cli openssl gpg base64 nano vi vim emacs "
        "diff patch date cal history export unset alias watch"
    ).split()
)
# Commands that are everyday words too: only with others of their kind, or in quotes.
_EVERYDAY = frozenset(
    (
        "cat head tail more less sort cut find which file host top free id date watch patch history make go "
        "at init kill mount stat service touch screen source alias export node snap nice env exec eval zip "
        "join split"
    ).split()
)
_SAME = (
    frozenset({"-r", "-R", "--recursive"}),
    frozenset({"-f", "--force"}),
    frozenset({"-v", "--verbose"}),
    frozenset({"-y", "--yes", "--assume-yes"}),
    frozenset({"-a", "--all"}),
)
_NAMED = {"recursive": "-r", "force": "-f", "forced": "-f", "forcing": "-f", "verbose": "-v", "yes": "-y"}
_PATH = re.compile(r"~?/[\w.@*/+-]*[\w*/]$|~$|/$")
_ENDING = re.compile(r"\*?\.\w{1,8}$")
# The word behind such a program, where it is none of the sentence.
_VERB = re.compile(r"(?!(?:and|or|nor|is|are|may|must|with|on|in|as|to|commands?)$)[a-z][a-z-]+")
_COMMAND = re.compile(r"[a-z][a-z0-9_+-]*(?:\.[a-z]+)?$")


class Named(NamedTuple):
    """A command as an author names it: its words, and for each option the ways to write it."""

    words: tuple[str, ...]
    options: tuple[tuple[str, ...], ...] = ()


def terminals() -> Mapping[str, Terminal]:
    """The terminal symbols, by name."""
    return {
        "commandlist": _list,
        "plainlist": _plain_list,
        "shelloption": _option,
        "shellpath": _path,
        "shellending": _ending,
        "shellsign": _sign,
    }


def spellings(option: str) -> tuple[str, ...]:
    """The ways to write an option."""
    return tuple(sorted(next((same for same in _SAME if option in same), {option})))


def _list(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Named, ...]]]:
    """Commands of which at least one can be nothing else."""
    for end, found in _commands(tokens, start, known=True):
        first = tokens[start : start + 1]
        plain = all(n.words[0] in _EVERYDAY and len(n.words) == 1 and not n.options for n in found)
        if not plain or first[0].kind == "quote":
            yield end, found


def _plain_list(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[Named, ...]]]:
    """Commands where the words round them leave no doubt: any small words, one of them a known command or quoted."""
    for end, found in _commands(tokens, start, known=False):
        quoted = any(t.kind == "quote" for t in tokens[start:end])
        if quoted or any(n.words[0] in _PROGRAMS for n in found):
            yield end, found


def _commands(tokens: Sequence[Token], start: int, known: bool) -> Iterator[tuple[int, tuple[Named, ...]]]:
    found: list[Named] = []
    at = start
    while at < len(tokens):
        readings = list(_one(tokens, at, known))
        if not readings:
            return
        for end, named in readings:
            yield end, (*found, named)
        at, named = readings[-1]
        found.append(named)
        gap = at
        if gap < len(tokens) and tokens[gap].lower in (",", "/"):
            gap += 1
        if gap < len(tokens) and tokens[gap].lower in ("and", "or", "nor"):
            gap += 1
        if gap == at:
            return
        at = gap


def _one(tokens: Sequence[Token], at: int, known: bool) -> Iterator[tuple[int, Named]]:
    """One command, shortest first: alone, with its verb, with its options."""
    token = tokens[at]
    if token.kind == "quote":
        words = token.text.split()
        if words and _COMMAND.match(words[0]):
            verbs = tuple(w for w in words if not w.startswith("-"))
            yield at + 1, Named(verbs, _options([w for w in words if w.startswith("-")]))
        return
    if token.kind != "word" or not _COMMAND.match(token.text) or (known and token.text not in _PROGRAMS):
        return
    verbs, end = (token.text,), at + 1
    yield end, Named(verbs)
    if token.text in _WITH_VERBS and end < len(tokens) and _VERB.fullmatch(tokens[end].text):
        verbs, end = (*verbs, tokens[end].text), end + 1
        yield end, Named(verbs)
    options: list[str] = []
    while (read := next(_option_text(tokens, end), None)) is not None:
        end, text = read
        options.append(text)
    if options:
        yield end, Named(verbs, _options(options))


def _options(texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    single = [
        f"-{letter}" for t in texts if not t.startswith("--") and len(t) > 2 and t[1:].isalpha() for letter in t[1:]
    ]
    whole = [t for t in texts if t.startswith("--") or len(t) == 2]
    return tuple(spellings(o) for o in dict.fromkeys([*single, *whole]))


def _option_text(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, str]]:
    """An option: dashes and the word right behind them."""
    dashes = at
    while dashes < len(tokens) and tokens[dashes].text == "-":
        if dashes > at and tokens[dashes].start != tokens[dashes - 1].end:
            return
        dashes += 1
    ends = dashes < len(tokens) and tokens[dashes].kind in ("word", "number")
    if dashes > at and ends and tokens[dashes].start == tokens[dashes - 1].end:
        yield dashes + 1, "-" * (dashes - at) + tokens[dashes].text


def _option(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[tuple[str, ...], ...]]]:
    """An option as written, quoted or by its name: `--force`, `the recursive option`."""
    for end, text in _option_text(tokens, start):
        yield end, _options([text])
    if start < len(tokens):
        token = tokens[start]
        if token.kind == "quote" and token.text.startswith("-"):
            yield start + 1, _options(token.text.split())
        if token.lower in _NAMED:
            yield start + 1, (spellings(_NAMED[token.lower]),)


def _path(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    if start < len(tokens) and tokens[start].kind in ("word", "quote") and _PATH.match(tokens[start].text):
        yield start + 1, tokens[start].text


def _ending(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    if start < len(tokens) and tokens[start].kind in ("word", "quote") and _ENDING.match(tokens[start].text):
        yield start + 1, tokens[start].text.lstrip("*").lower()


def _sign(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    """A sign that joins or redirects: `|`, `||`, `&&`, `;`, `>`, `>>`."""
    end = start
    while end < len(tokens) and tokens[end].text in ("|", "||", "&&", ">", ">>", "&", "<") and end - start < 2:
        end += 1
        yield end, tokens[start].text
