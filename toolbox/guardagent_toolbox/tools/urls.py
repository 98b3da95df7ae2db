"""Web addresses, hosts, e-mail addresses, telephone numbers and file paths."""

from __future__ import annotations

import re

from guardagent_toolbox.reading.hosts import host_in, is_ip, is_private, read_host, read_url
from guardagent_toolbox.reading.paths import below, read_path
from guardagent_toolbox.reading.phones import read_phone
from guardagent_toolbox.reading.plain import as_text, has_controls, short_text, text_of, texts_in
from guardagent_toolbox.spec import tool

_MAX_ADDRESS = 320
_NAMED = re.compile(r"([^<>]*)<([^<>]+)>\Z")
_MAILBOX = re.compile(r"[^\s\"(),:;<>@\[\\\]]+\Z")
_URL = re.compile(r"\bhttps?:[^\s<>\"']+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}\u3002\uff0c"


@tool(group="urls")
def parse_url(text: str) -> dict[str, object] | None:
    """The parts of a web address: {"scheme", "host", "port", "path", "query", "fragment", "user", "ip", "private"}.

    None when it has no scheme, or when two readers could go to different hosts (backslashes, spaces, control
    characters, two "@"). The host is canonical: small letters, punycode, no last dot, IP addresses in usual spelling.
    "user" is what stands before "@", which is not where the address goes. "private" marks inner networks.

    >>> parse_url("https://good.example@Evil.example:8443/login")["host"]
    'evil.example'
    >>> parse_url("good.example\\\\@evil.example") is None
    True
    """
    given = as_text(text)
    address = None if given is None else read_url(given)
    if address is None:
        return None
    return {
        "scheme": address.scheme,
        "host": address.host,
        "port": address.port,
        "path": address.path,
        "query": address.query,
        "fragment": address.fragment,
        "user": address.user,
        "ip": bool(address.host) and is_ip(address.host),
        "private": bool(address.host) and is_private(address.host),
    }


@tool(group="urls")
def host_matches(url_or_host: str, patterns: list[str]) -> bool | None:
    """Whether the host is in a list: "example.com" is that host alone, "*.example.com" every host below it.

    A pattern with a port ("example.com:8443") asks for that port too. None when the address or a pattern cannot be
    read, so a list of allowed hosts asks `if not host_matches(...)` and one of forbidden hosts
    `if host_matches(...) is not False`.

    >>> host_matches("https://docs.example.com/a", ["example.com", "*.example.com"])
    True
    >>> host_matches("https://example.com.evil.example/", ["example.com", "*.example.com"])
    False
    >>> host_matches("https://good.example\\\\@evil.example", ["good.example"]) is None
    True
    """
    given = as_text(url_or_host)
    found = None if given is None else host_in(given)
    wanted = texts_in(patterns)
    if found is None or wanted is None:
        return None
    answers = [_fits(found, pattern) for pattern in wanted]
    return True if True in answers else None if None in answers else False


def _fits(found: tuple[str, int | None], pattern: str) -> bool | None:
    below_only = pattern.startswith("*.")
    read = host_in(pattern.removeprefix("*."))
    if read is None:
        return None
    host, port = read
    if port is not None and port != found[1]:
        return False
    return found[0].endswith("." + host) and not is_ip(host) if below_only else found[0] == host


@tool(group="urls")
def find_urls(text: str) -> list[str]:
    """The http and https addresses that stand in a text, in order; [] when there are none.

    >>> find_urls("See https://example.com/a, or (http://b.example).")
    ['https://example.com/a', 'http://b.example']
    """
    return [match.group().rstrip(_CLOSING) for match in _URL.finditer(text_of(text))]


@tool(group="urls")
def parse_address(text: str) -> dict[str, str] | None:
    """The parts of one e-mail address: {"name", "mailbox", "domain", "address"}; None when it is not exactly one.

    The domain is canonical as hosts are; the mailbox keeps its spelling, "address" is in small letters for comparing.

    >>> parse_address("Kim Lee <Kim@North.example>")
    {'name': 'Kim Lee', 'mailbox': 'Kim', 'domain': 'north.example', 'address': 'kim@north.example'}
    >>> parse_address("a@x.example, b@y.example") is None
    True
    """
    given = short_text(text, _MAX_ADDRESS)
    if given is None or has_controls(given):
        return None
    named = _NAMED.match(given)
    name, plain = (named[1].strip().strip('"'), named[2].strip()) if named else ("", given)
    mailbox, _, domain = plain.rpartition("@")
    host = read_host(domain)
    if host is None or not _MAILBOX.match(mailbox) or "@" in name:
        return None
    return {"name": name, "mailbox": mailbox, "domain": host, "address": f"{mailbox.lower()}@{host}"}


@tool(group="urls")
def parse_phone(text: str, country: str | None = None) -> dict[str, object] | None:
    """The parts of a telephone number: {"number", "country", "extension"}; None when it is not exactly one.

    "number" has digits only, with "+" in front when the country is known: from "+" or "00", or because `country` (a
    calling code such as "44") is that of numbers written without. "country" is the calling code, or None.

    >>> parse_phone("+44 (0)20 7946-0958 ext. 12")
    {'number': '+442079460958', 'country': '44', 'extension': '12'}
    >>> parse_phone("020 7946 0958", "44")["number"], parse_phone("020 7946 0958")["number"], parse_phone("call me")
    ('+442079460958', '02079460958', None)
    """
    phone = read_phone(text, country)
    return None if phone is None else {"number": phone.number, "country": phone.country, "extension": phone.extension}


@tool(group="urls")
def parse_path(text: str) -> dict[str, object] | None:
    """The parts of a file path with "." and ".." resolved: {"path", "absolute", "parts", "name", "suffix"}.

    A drive ("C:\\\\x") makes backslashes separators; without one a backslash, like "~" in front or a control character,
    means different things to different readers, and the path is None. A relative path that climbs out of where it
    starts keeps its "..".

    >>> parse_path("/srv/data/../etc//passwd")["path"]
    '/srv/etc/passwd'
    >>> parse_path("notes/../../x.txt")["parts"]
    ['..', 'x.txt']
    """
    given = as_text(text)
    path = None if given is None else read_path(given)
    if path is None:
        return None
    name = path.parts[-1] if path.parts and path.parts[-1] != ".." else ""
    stem, dot, suffix = name.rpartition(".")
    return {
        "path": path.text,
        "absolute": path.root != "",
        "parts": list(path.parts),
        "name": name,
        "suffix": (dot + suffix).lower() if stem else "",
    }


@tool(group="urls")
def path_within(path: str, folder: str) -> bool | None:
    """Whether a path is a folder or below it after ".." is resolved; None when one of them cannot be read.

    A relative path against an absolute folder is None, for nobody knows where it starts. Links are not followed.

    >>> path_within("/srv/data/a.txt", "/srv/data"), path_within("/srv/data/../etc", "/srv/data")
    (True, False)
    >>> path_within("/srv/database", "/srv/data")
    False
    """
    given, home = as_text(path), as_text(folder)
    if given is None or home is None:
        return None
    return below(read_path(given), read_path(home))
