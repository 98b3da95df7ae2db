"""Addresses and paths: the tricks that make two readers see two different things."""

from __future__ import annotations

from typing import Any

import pytest

from guardagent_toolbox.tools.urls import find_urls, host_matches, parse_address, parse_path, parse_url, path_within


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://good.example/a", "good.example"), ("HTTPS://GOOD.Example", "good.example"),
        ("https://good.example.", "good.example"),
        ("https://good.example:8443", "good.example"), ("https://good.example@evil.example/", "evil.example"),
        ("https://good.example:80@evil.example", "evil.example"),
        ("https://evil.example#@good.example", "evil.example"),
        ("https://evil.example?@good.example", "evil.example"), ("https://evil.example/@good.example", "evil.example"),
        ("https://bücher.example", "xn--bcher-kva.example"), ("https://faß.example", "xn--fa-hia.example"),
        ("https://good。example", "good.example"), ("https://ｇｏｏｄ.example", "good.example"),
        ("https://go\u00adod.example", None),
        ("https://127.1", "127.0.0.1"), ("https://0x7f.0.0.1", "127.0.0.1"), ("https://2130706433", "127.0.0.1"),
        ("https://0177.0.0.1", "127.0.0.1"), ("https://[::1]", "[::1]"), ("https://[::ffff:127.0.0.1]", "127.0.0.1"),
        ("https://[0:0::0:1]:80", "[::1]"), ("  https://good.example  ", "good.example"),
        ("https://good.example\\@evil.example", None), ("https:\\\\evil.example", None), ("https:/evil.example", None),
        ("https:evil.example", None), ("https:///evil.example", None), ("//evil.example", None),
        ("evil.example", None),
        ("https://good.example\t.evil.example", None), ("https://good.example\n", None),
        ("https://good .example", None),
        ("https://good.example@x@evil.example", None), ("https://", None), ("https://:80", None),
        ("https://good..example", None),
        ("https://good.example:0", None), ("https://good.example:99999", None), ("https://good.example:8x", None),
        ("https://%67ood.example", None), ("https://256.1.1.1", None), ("https://1.2.3.4.5", None),
        ("https://08.1.1.1", None),
        ("https://[::1", None), ("https://[fe80::1%25eth0]", None), ("https://-good.example", None),
        ("https://go\u200bod.example", None),
        ("https://℀.example", None), ("https://" + "a" * 64 + ".example", None), ("https://" + "a." * 200 + "b", None),
        ("", None), (None, None), (5, None), ("https://good.example/" + "a" * 9_000, None),
    ],
)  # fmt: skip
def test_hosts_of_addresses(url: Any, host: str | None) -> None:
    found = parse_url(url)
    assert (found["host"] if found else None) == host


def test_parts_of_an_address() -> None:
    assert parse_url("https://me:pw@Shop.example/a/b?x=1&y#top") == {
        "scheme": "https", "host": "shop.example", "port": 443, "path": "/a/b", "query": "x=1&y", "fragment": "top",
        "user": "me:pw", "ip": False, "private": False,
    }  # fmt: skip
    mail = parse_url("mailto:a@b.example")
    assert mail is not None
    assert (mail["scheme"], mail["host"], mail["path"]) == ("mailto", "", "a@b.example")


@pytest.mark.parametrize(
    ("host", "private"),
    [("localhost", True), ("10.0.0.1", True), ("169.254.169.254", True), ("[::1]", True), ("[fd00::1]", True),
     ("printer.local", True), ("db.internal", True), ("intranet", True), ("0.0.0.0", True), ("8.8.8.8", False),
     ("shop.example", False), ("localhost.example", False), ("[2606:4700::1]", False)],
)  # fmt: skip
def test_inner_networks(host: str, private: bool) -> None:
    found = parse_url(f"http://{host}/")
    assert found is not None
    assert found["private"] is private


PATTERNS = ["example.com", "*.example.org", "shop.example:8443", "10.0.0.1"]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("https://example.com/x", True), ("example.com", True), ("EXAMPLE.COM.", True), ("example.com:99/x?y", True),
        ("www.example.com", False), ("notexample.com", False), ("example.com.evil.net", False),
        ("a.example.org", True), ("a.b.example.org", True), ("example.org", False), ("xexample.org", False),
        ("shop.example:8443", True), ("shop.example", False), ("https://shop.example:8443/", True),
        ("10.0.0.1", True), ("http://0x0a000001/", True), ("//example.com/x", True),
        ("https://example.com@evil.net", False), ("https://evil.net\\@example.com", None), ("user@example.com", None),
        ("example.com evil.net", None), ("", None), (None, None), ("javascript:alert(1)//example.com", None),
        ("javascript://example.com/%0aalert(1)", None), ("file:///etc/passwd", None),
    ],
)  # fmt: skip
def test_hosts_in_a_list(place: Any, found: bool | None) -> None:
    assert host_matches(place, PATTERNS) is found


@pytest.mark.parametrize(
    ("patterns", "found"),
    [([], False), (["*."], None), (["a b"], None), ([""], None), (None, None), ([1], None), (["*"], None),
     (["a b", "example.com"], True), ("example.com", True), (["*.com"], True), (["EXAMPLE.com"], True)],
)  # fmt: skip
def test_patterns_of_hosts(patterns: Any, found: bool | None) -> None:
    assert host_matches("https://example.com", patterns) is found


def test_addresses_in_a_text() -> None:
    assert find_urls("See https://a.example/b?c=1, <http://d.example>; or (HTTP://E.example).") == [
        "https://a.example/b?c=1", "http://d.example", "HTTP://E.example",
    ]  # fmt: skip
    assert find_urls({"links": ["https://a.example"]}) == ["https://a.example"]  # type: ignore[arg-type]
    assert find_urls(None) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Kim@North.Example", "kim@north.example"), ("Kim Lee <kim@north.example>", "kim@north.example"),
        ('"Lee, Kim" <kim@north.example>', "kim@north.example"), ("a.b+c@x.example", "a.b+c@x.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"), (" a@x.example ", "a@x.example"),
        ("a@x.example, b@y.example", None), ("a@good.example <b@evil.example>", None), ("a@b@x.example", None),
        ("<a@x.example> <b@x.example>", None), ('"a b"@x.example', None), ("a b@x.example", None),
        ("@x.example", None),
        ("a@", None), ("a", None), ("a@x..example", None), ("a@[1.2.3.4]", None), ("a\u200b@x.example", None),
        ("a@x.example\nBcc: b@y.example", None), ("(c)a@x.example", None), ("", None), (None, None),
        ("a" * 330 + "@x.example", None),
    ],
)  # fmt: skip
def test_mail_addresses(text: Any, address: str | None) -> None:
    found = parse_address(text)
    assert (found["address"] if found else None) == address


@pytest.mark.parametrize(
    ("path", "within"),
    [
        ("/srv/data", True), ("/srv/data/", True), ("/srv/data/a/../b", True), ("/srv/./data//x", True),
        ("/srv/database", False), ("/srv/data/../etc", False), ("/srv/data/../../etc/passwd", False), ("/srv", False),
        ("/SRV/data", False), ("/../srv/data/x", True), ("C:\\srv\\data", False),
        ("data/x", None), ("../srv/data", None), ("~/srv/data", None), ("/srv/data\\..\\x", None),
        ("/srv/data/\x00", None),
        ("/srv/data/\u202egnp", None), (" /srv/data", None), ("", None), (None, None),
        ("/srv/data/" + "a" * 5_000, None),
    ],
)  # fmt: skip
def test_paths_below_a_folder(path: Any, within: bool | None) -> None:
    assert path_within(path, "/srv/data") is within


@pytest.mark.parametrize(
    ("path", "folder", "within"),
    [("docs/a", "docs", True), ("docs/../a", "docs", False), ("../docs", "docs", False),
     ("C:/Data/x", "c:\\data", True),
     ("C:\\data\\..\\x", "C:\\data", False), ("/x", "docs", None), ("x", ".", True), ("../x", ".", False),
     ("/x", "/", True),
     ("x", "../x", None), ("a", None, None)],
)  # fmt: skip
def test_paths_below_other_folders(path: str, folder: Any, within: bool | None) -> None:
    assert path_within(path, folder) is within


def test_parts_of_a_path() -> None:
    assert parse_path("/srv/data/Report.Final.PDF") == {
        "path": "/srv/data/Report.Final.PDF", "absolute": True, "parts": ["srv", "data", "Report.Final.PDF"],
        "name": "Report.Final.PDF", "suffix": ".pdf",
    }  # fmt: skip
    hidden = parse_path(".env")
    assert hidden is not None
    assert (hidden["name"], hidden["suffix"]) == (".env", "")
    climbing = parse_path("a/../..")
    assert climbing is not None
    assert (climbing["parts"], climbing["name"]) == ([".."], "")
