"""Rules on web addresses, part by part."""

from __future__ import annotations

from typing import Any

from guardagent.reasoners.offline.conditions import Condition, OneOf, Present
from guardagent.reasoners.offline.connectives import Any_, Not, both
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.choices import fitting
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.families.hosts import alone as alone
from guardagent.reasoners.offline.families.hosts import more as more
from guardagent.reasoners.offline.families.hosts import with_subdomains as with_subdomains
from guardagent.reasoners.offline.fields import Field
from guardagent.reasoners.offline.meanings import Change, Meaning, Note, Predicate
from guardagent.reasoners.offline.places import Shaped
from guardagent.reasoners.offline.rewrite import parts_of
from guardagent.reasoners.offline.texts import Affix, HostIn
from guardagent.reasoners.offline.values import Value
from guardagent.reasoners.offline.web import UrlPart

_NAMES = (
    "url",
    "uri",
    "link",
    "href",
    "web_address",
    "page_url",
    "target_url",
    "website",
    "webhook_url",
    "callback_url",
)
_SCHEMES = {"http", "https", "ftp", "ftps", "sftp", "file", "mailto", "data", "ws", "wss", "ssh", "git"}
Hosts = tuple[str, ...]


def url_of(context: Context) -> Field | None:
    """The one field that holds a web address."""
    named = context.fields.named(*_NAMES)
    found = [f for f in context.fields.all if "string" in f.types and f.name.lower().endswith(("url", "uri"))]
    if len(found) > 1:
        return None
    return named or (found[0] if found else None)


def the_url(context: Context) -> Value | None:
    return url_of(context)


def part(context: Context, name: str, value: Value | None = None) -> Value | None:
    if value is None and context.fields.find({"user": "user name", "label": "first label"}.get(name, name)):
        return None
    url = value or url_of(context)
    if isinstance(url, UrlPart) or (isinstance(url, Field) and not ("string" in url.types or not url.types)):
        return None
    return UrlPart(url, name) if url else None


def on_hosts(_context: Context, hosts: Hosts) -> Predicate:
    """Said of the host of an address, or of a field that holds a host or domain."""

    def predicate(value: Value) -> Condition | None:
        if isinstance(value, UrlPart):
            return HostIn(value.value, hosts) if value.part == "host" else None
        held = isinstance(value, Field) and any(word in value.name.lower() for word in ("host", "domain", "server"))
        return HostIn(value, hosts) if held else None

    return predicate


def is_part(_context: Context, values: tuple[Any, ...]) -> Predicate:
    """Said of a scheme, port or label, where a lone word in small letters can only be a value."""

    def predicate(value: Value) -> Condition | None:
        if not isinstance(value, UrlPart) or value.part not in ("scheme", "port", "label", "ending"):
            return None
        wanted = tuple(v.removesuffix("://").removesuffix(":") if isinstance(v, str) else v for v in values)
        numbers = all(isinstance(v, int) for v in wanted)
        known = value.part != "scheme" or set(wanted) <= _SCHEMES
        return OneOf(value, wanted) if known and numbers is (value.part == "port") else None

    return predicate


def uses_scheme(_context: Context, values: tuple[Any, ...]) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        if not isinstance(value, Field) or not set(values) <= _SCHEMES or value.values:
            return None
        return OneOf(UrlPart(value, "scheme"), values)

    return predicate


def of_scheme(context: Context, values: tuple[Any, ...]) -> Predicate:
    return uses_scheme(context, values)


def only_scheme_on(context: Context, schemes: tuple[Any, ...], hosts: Hosts) -> Condition | None:
    url = url_of(context)
    if url is None or not set(schemes) <= _SCHEMES:
        return None
    return Any_((Not(OneOf(UrlPart(url, "scheme"), schemes)), Not(HostIn(url, hosts))))


def host_ends(_context: Context, endings: tuple[str, ...]) -> Predicate:
    return lambda value: Affix(UrlPart(value, "host"), "end", endings)


def is_ip(_context: Context) -> Predicate:
    pattern = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*"
    return lambda value: Shaped(
        UrlPart(value, "host"), pattern, ("10.0.0.8",), ("www.example.com",), "of an IP address"
    )


def none_but(context: Context, name: str, values: tuple[Any, ...] | None = None) -> Condition | None:
    """No such part, or none but these."""
    value = part(context, name)
    if value is None:
        return None
    if name != "port":
        return Present(value) if not values else both(Present(value), Not(OneOf(value, values)))
    if not values or not all(isinstance(v, int) for v in values):
        return None
    return Not(OneOf(value, values))


def has_part(_context: Context, name: str) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        return Present(UrlPart(value, name)) if isinstance(value, Field) else None

    return predicate


def hosts_denied(context: Context, tests: tuple[Predicate, ...]) -> Condition | None:
    url = url_of(context)
    found = [test(url) for test in tests] if url else []
    if not found or not all(found):
        return None
    listed = tuple(f for f in found if f)
    return listed[0] if len(listed) == 1 else Any_(listed)


def hosts_allowed(context: Context, tests: tuple[Predicate, ...]) -> Condition | None:
    found = hosts_denied(context, tests)
    return Not(found) if found else None


def only_subdomains(_context: Context, host: str) -> Hosts:
    return (f"*.{host.removeprefix('*.')}",)


def host_test(_context: Context, hosts: Hosts) -> Predicate:
    return lambda value: HostIn(value, hosts)


def host_that(_context: Context, predicate: Predicate) -> Predicate:
    return lambda value: predicate(UrlPart(value, "host"))


def label_that(_context: Context, values: tuple[Any, ...]) -> Predicate:
    def predicate(value: Value) -> Condition | None:
        wanted = fitting(UrlPart(value, "label"), values)
        return OneOf(UrlPart(value, "label"), wanted) if wanted else None

    return predicate


def one_test(_context: Context, test: Predicate, rest: tuple[Predicate, ...] = ()) -> tuple[Predicate, ...]:
    return (test, *(rest or ()))


def nothing(_context: Context, *_words: object) -> bool:
    return True


def text(_context: Context, words: str) -> str:
    return words


def note(context: Context, *_words: object) -> Meaning | None:
    """How addresses are compared, which is how they are read anyhow."""
    return Note() if url_of(context) else None


def canonical(_context: Context, *_words: object) -> Change:
    """Says how addresses are read anyhow; only for rules on addresses."""
    return lambda condition: condition if _on_addresses(condition) else None


def other_rule_wins(_context: Context) -> Change:
    """Says that a ban holds beside an allow-list, as each rule holds on its own."""
    return lambda condition: condition if _on_addresses(condition) else None


def _on_addresses(condition: Condition) -> bool:
    return any(isinstance(p, UrlPart | HostIn) for p in parts_of(condition))
