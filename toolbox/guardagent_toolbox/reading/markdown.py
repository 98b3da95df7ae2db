"""Markdown as plain data: blocks line by line, links within them. What is no markup is text: nothing is unreadable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_TEXT = 65_536

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*\Z")
_ITEM = re.compile(r"[ \t]*(?:([-*+])|(\d{1,9})[.)])(?:[ \t]+(.*))?\Z")
_QUOTE = re.compile(r" {0,3}>[ \t]?(.*)\Z")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_URL = r"[^\s()<>]{0,2000}(?:\([^\s()<>]{0,500}\))?[^\s()<>]{0,2000}"
_TITLE = r"(?:[ \t]+[\"'(][^\n]{0,300}?[\"')])?"
_LINK = re.compile(rf"(!?)\[([^\[\]\n]{{0,500}})\]\([ \t]*<?({_URL})>?{_TITLE}[ \t]*\)")
_REFERENCE = re.compile(r" {0,3}\[([^\[\]^\n]{1,200})\]:[ \t]*<?(\S+?)>?(?:[ \t].*)?\Z")
_REFERRED = re.compile(r"(!?)\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])?")
_AUTOLINK = re.compile(r"<((?:https?|mailto|ftp):[^\s<>]+)>|(?<![(\"'\w])(https?://[^\s<>\"')\]]+)", re.IGNORECASE)
_CODE = re.compile(r"(`{1,3})(?!`)(.{1,1000}?)(?<!`)\1(?!`)")
_MARKS = re.compile(r"\*\*\*|\*\*|__|~~|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]{0,30})(?:\s[^<>]{0,1000})?/?>")


@dataclass(slots=True)
class Markdown:
    """The blocks of a text."""

    headings: list[dict[str, object]] = field(default_factory=list)
    lists: list[dict[str, object]] = field(default_factory=list)
    links: list[dict[str, object]] = field(default_factory=list)
    code: list[dict[str, object]] = field(default_factory=list)
    tables: list[dict[str, object]] = field(default_factory=list)
    quotes: list[dict[str, object]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)


def read_markdown(text: str) -> Markdown | None:
    """The blocks of a text; None when it is too long."""
    return _Reader(text.replace("\r\n", "\n").split("\n")).read() if len(text) <= MAX_TEXT else None


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._found = Markdown()
        self._pending: list[str] = []
        self._references = {
            " ".join(match[1].casefold().split()): match[2] for line in lines if (match := _REFERENCE.match(line))
        }

    def read(self) -> Markdown:
        readers: tuple[Callable[[str], bool], ...] = (
            self._fence, self._heading, self._table, self._rule, self._list, self._quote, self._reference,
        )  # fmt: skip
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip():
                self._paragraph()
                self._at += 1
            elif not any(reader(line) for reader in readers):
                self._pending.append(line.strip())
                self._at += 1
        self._paragraph()
        return self._found

    def _plain(self, text: str, line: int) -> str:
        """The text without markup; its links and tags are noted."""
        kept: list[str] = []

        def put_aside(match: re.Match[str]) -> str:
            kept.append(match[2])
            return f"\x00{len(kept) - 1}\x00"

        # Most texts have little markup; looking for a character is cheaper than searching for what it may begin.
        bare = text.replace("\x00", "")
        bare = _CODE.sub(put_aside, bare) if "`" in bare else bare
        if "[" in bare:
            bare = _LINK.sub(lambda m: self._link(m[2], m[3], image=m[1] == "!", line=line), bare)
            bare = _REFERRED.sub(lambda m: self._referred(m, line), bare)
        if ":" in bare:
            bare = _AUTOLINK.sub(lambda m: self._bare_link(m, line), bare)
        if "<" in bare:
            self._found.tags |= {name.lower() for name in _TAG.findall(bare)}
            bare = _TAG.sub("", bare)
        bare = _MARKS.sub("", bare) if "*" in bare or "_" in bare or "~" in bare else bare
        return (re.sub("\x00(\\d+)\x00", lambda m: kept[int(m[1])], bare) if kept else bare).strip()

    def _bare_link(self, match: re.Match[str], line: int) -> str:
        url = match[1] or match[2].rstrip(".,;:!?")
        self._link(url, url, image=False, line=line)
        return match[1] or match[2]

    def _link(self, text: str, url: str, *, image: bool, line: int) -> str:
        entry: dict[str, object] = {"text": text, "url": url, "image": image, "line": line}
        # A bare address inside a link is that link.
        if entry not in self._found.links[-3:]:
            self._found.links.append(entry)
        return text

    def _referred(self, match: re.Match[str], line: int) -> str:
        url = self._references.get(" ".join((match[3] or match[2]).casefold().split()))
        return match[0] if url is None else self._link(match[2], url, image=match[1] == "!", line=line)

    def _paragraph(self) -> None:
        if self._pending:
            first = self._at - len(self._pending) + 1
            text = self._plain("\n".join(self._pending), first)
            self._pending = []
            self._found.paragraphs.append(text)
            self._found.text.append(text)

    def _fence(self, line: str) -> bool:
        opening = _FENCE.match(line)
        if opening is None:
            return False
        self._paragraph()
        first, mark = self._at + 1, opening[1]
        self._at += 1
        inside: list[str] = []
        while self._at < len(self._lines):
            text = self._lines[self._at]
            self._at += 1
            closing = text.strip()
            if closing and set(closing) == {mark[0]} and len(closing) >= len(mark):
                break
            inside.append(text)
        self._found.code.append({"language": opening[2].lower(), "text": "\n".join(inside), "line": first})
        return True

    def _heading(self, line: str) -> bool:
        match = _HEADING.match(line)
        if match is not None:
            self._paragraph()
            self._at += 1
            self._add_heading(len(match[1]), match[2] or "", self._at)
            return True
        under = _UNDERLINE.match(line) if self._pending else None
        if under is None or "|" in self._pending[-1]:
            return False
        text, self._pending = " ".join(self._pending), []
        self._at += 1
        self._add_heading(1 if under[1][0] == "=" else 2, text, self._at - 1)
        return True

    def _add_heading(self, level: int, text: str, line: int) -> None:
        plain = self._plain(text, line)
        self._found.headings.append({"level": level, "text": plain, "line": line})
        self._found.text.append(plain)

    def _table(self, line: str) -> bool:
        below = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
        if "|" not in line or "-" not in below or not _DELIMITERS.match(below):
            return False
        self._paragraph()
        first = self._at + 1
        header = self._cells(line, first)
        self._at += 2
        rows: list[list[str]] = []
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            rows.append(self._cells(self._lines[self._at], self._at + 1))
            self._at += 1
        self._found.tables.append({"header": header, "rows": rows, "line": first})
        self._found.text += [" ".join(cells) for cells in (header, *rows)]
        return True

    def _cells(self, line: str, number: int) -> list[str]:
        inner = line.strip().removeprefix("|").removesuffix("|")
        return [self._plain(cell.strip(), number) for cell in re.split(r"(?<!\\)\|", inner)]

    def _rule(self, line: str) -> bool:
        if not _RULE.match(line):
            return False
        self._paragraph()
        self._at += 1
        return True

    def _list(self, line: str) -> bool:
        match = _ITEM.match(line)
        if match is None or (self._pending and match[3] is None):
            return False
        self._paragraph()
        first, ordered = self._at + 1, match[1] is None
        items: list[str] = []
        while self._at < len(self._lines):
            text = self._lines[self._at]
            item = _ITEM.match(text)
            if item is not None and not _RULE.match(text):
                if (item[1] is None) != ordered and not text[:1].isspace():
                    break
                items.append(item[3] or "")
            elif text.strip() and text[:1].isspace() and not _FENCE.match(text.strip()):
                items[-1] = f"{items[-1]} {text.strip()}"
            else:
                break
            self._at += 1
        plain = [self._plain(item, first) for item in items]
        self._found.lists.append({"ordered": ordered, "items": plain, "line": first})
        self._found.text += plain
        return True

    def _quote(self, line: str) -> bool:
        if not _QUOTE.match(line):
            return False
        self._paragraph()
        first = self._at + 1
        inside: list[str] = []
        while self._at < len(self._lines) and (match := _QUOTE.match(self._lines[self._at])):
            inside.append(match[1])
            self._at += 1
        plain = self._plain("\n".join(inside), first)
        self._found.quotes.append({"text": plain, "line": first})
        self._found.text.append(plain)
        return True

    def _reference(self, line: str) -> bool:
        if self._pending or not _REFERENCE.match(line):
            return False
        self._at += 1
        return True
