"""HTML in which foreign text can only ever be text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Raw(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, *content: str | Iterable[str], **attributes: str) -> Raw:
    """An element; what is not markup already is escaped. A trailing `_` of an attribute's name is dropped."""
    given = "".join(f' {key.rstrip("_")}="{escape(value, quote=True)}"' for key, value in attributes.items() if value)
    return Raw(f"<{name}{given}>{joined(*content)}</{name}>")


def joined(*content: str | Iterable[str]) -> Raw:
    """Several pieces, one after the other."""
    return Raw("".join(_pieces(content)))


def _pieces(content: Iterable[str | Iterable[str]]) -> Iterable[str]:
    for piece in content:
        if isinstance(piece, Raw):
            yield piece
        elif isinstance(piece, str):
            yield escape(_visible(piece), quote=True)
        else:
            yield from _pieces(piece)


def _visible(text: str) -> str:
    """`text` with characters that turn its direction, or that no page may hold, shown as escapes."""
    return "".join(c if c.isprintable() or c in "\n\t " else c.encode("unicode_escape").decode() for c in text)


__all__ = ["Raw", "joined", "tag"]
