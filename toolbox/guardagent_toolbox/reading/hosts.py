"""Hosts and web addresses, read as strictly as browsers do or not at all.

Where two readers of an address would go to different hosts (backslashes, control characters, odd IP spellings that
only some accept), a guard must not choose one of the readings: the address is unreadable.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
import unicodedata
from dataclasses import dataclass

from guardagent_toolbox.reading.patterns import has_invisible

MAX_URL = 8_192
_MAX_HOST = 253
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z", re.ASCII)
_IPV4_PART = re.compile(r"0x[0-9a-f]*\Z|[0-9]+\Z", re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.ASCII)
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
# They need no host, and no policy on hosts can say anything about them.
_HOSTLESS = frozenset({"mailto", "data", "javascript", "file", "about", "blob", "tel", "sms", "urn"})
# What browsers leave out of a name.
_IGNORED = re.compile("[\u00ad\u034f\u180b-\u180d\u180f\u200b\u2060\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")

# Looking a codec up for the first time imports it, which a confined worker cannot do any more.
codecs.lookup("punycode")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a web address, each in one canonical form."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    user: str


def read_host(text: str) -> str | None:
    """The canonical host: small letters, punycode, IP addresses in their usual spelling; None when there is none."""
    if text.startswith("[") and text.endswith("]"):
        return _read_ipv6(text[1:-1])
    labels = _ascii_labels(text.removesuffix("."))
    if labels is None:
        return None
    if _IPV4_PART.match(labels[-1]):
        return _read_ipv4(labels)
    host = ".".join(labels)
    return host if len(host) <= _MAX_HOST and all(map(_LABEL.match, labels)) else None


def _ascii_labels(text: str) -> list[str] | None:
    """The labels of a name, each in ASCII; None when one is empty or cannot be spelled."""
    if not text.isascii():
        text = _IGNORED.sub("", unicodedata.normalize("NFKC", text.lower().translate(_DOTS)))
    labels = text.lower().split(".")
    # Of other invisible letters some readers make a name of its own, and some leave them out.
    if not all(labels) or len(text) > _MAX_HOST or has_invisible(text):
        return None
    try:
        return [label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels]
    except UnicodeError:
        return None


def _read_ipv4(labels: list[str]) -> str | None:
    """The four numbers of an address that may be written short, in octal or in hexadecimal, as browsers take it."""
    if len(labels) > 4 or not all(map(_IPV4_PART.match, labels)) or any(len(label) > 20 for label in labels):
        return None
    numbers = [_number(label) for label in labels]
    if any(n is None for n in numbers):
        return None
    parts = [n for n in numbers if n is not None]
    if any(part > 255 for part in parts[:-1]) or parts[-1] >= 256 ** (5 - len(parts)):
        return None
    whole = parts[-1] + sum(part << (8 * (3 - index)) for index, part in enumerate(parts[:-1]))
    return str(ipaddress.IPv4Address(whole))


def _number(label: str) -> int | None:
    try:
        if label.startswith("0x"):
            return int(label[2:] or "0", 16)
        return int(label, 8) if len(label) > 1 and label.startswith("0") else int(label)
    except ValueError:
        return None


def _read_ipv6(text: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped
    return None if address.scope_id else str(mapped) if mapped else f"[{address.compressed}]"


def read_url(text: str) -> Address | None:
    """The parts of an absolute address; None when it has none, or when readers would disagree on them."""
    text = text.strip(" ")
    scheme = _SCHEME.match(text)
    if scheme is None or len(text) > MAX_URL or "\\" in text or not text.isprintable() or " " in text:
        return None
    name, rest = scheme[1].lower(), text[scheme.end() :]
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    if name in _HOSTLESS:
        return Address(name, "", None, rest, query, fragment, "")
    if not rest.startswith("//") or rest.startswith("///"):
        return None
    authority, slash, path = rest[2:].partition("/")
    user, _, place = authority.rpartition("@")
    found = read_authority(place)
    if found is None or "@" in user:
        return None
    host, port = found
    return Address(name, host, port or _PORTS.get(name), slash + path or "/", query, fragment, user)


def read_authority(text: str) -> tuple[str, int | None] | None:
    """Host and port of "host:port"; the port is None when none stands there."""
    name, colon, digits = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, digits = text, ""
    if digits and not (digits.isascii() and digits.isdecimal() and len(digits) <= 5 and 0 < int(digits) < 65_536):
        return None
    host = read_host(name)
    return None if host is None else (host, int(digits) if digits else None)


def host_in(text: str) -> tuple[str, int | None] | None:
    """Host and port of a full address, of one without scheme ("example.com/x"), or of a bare host."""
    if "://" in text:
        address = read_url(text)
        return (address.host, address.port) if address is not None and address.host else None
    text = text.strip(" ")
    if "\\" in text or "@" in text or " " in text or not text.isprintable() or len(text) > MAX_URL:
        return None
    place = text.removeprefix("//").partition("/")[0].partition("?")[0].partition("#")[0]
    return read_authority(place)


def is_ip(host: str) -> bool:
    """Whether a canonical host is an IP address."""
    return host.startswith("[") or host.rpartition(".")[2].isdecimal()


def is_private(host: str) -> bool:
    """Whether a canonical host is of this machine or of an inner network."""
    if is_ip(host):
        return not ipaddress.ip_address(host.strip("[]")).is_global
    return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".intranet", ".home.arpa"))


__all__ = ["Address", "host_in", "is_ip", "is_private", "read_authority", "read_host", "read_url"]
