"""Parts of web addresses as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from guardagent.reasoners.offline.events import Event
from guardagent.reasoners.offline.helpers import helper
from guardagent.reasoners.offline.values import UNREADABLE, Value

PARTS = ("scheme", "host", "port", "path", "query", "fragment", "user", "label", "file", "ending")
_PORTS = {"http": 80, "https": 443, "ftp": 21}
_START = "https://www.example.com/page"

helper(
    "url_part",
    '''
def url_part(value, part):
    """A part of a web address; None where it has none, UNREADABLE when readers could go to different places."""
    if value is None or (isinstance(value, str) and value.strip() == ""):
        return None
    address = parse_url(value)
    if address is None:
        return UNREADABLE
    if part == "label":
        return address["host"].split(".")[0]
    if part == "file":
        return address["path"].split("/")[-1]
    if part == "ending":
        return address["host"].split(".")[-1]
    return None if address[part] == "" else address[part]
''',
)


@dataclass(frozen=True)
class UrlPart:
    """A part of a web address, in small letters where that makes no difference."""

    value: Value
    part: str

    def code(self) -> str:
        return f"url_part({self.value.code()}, {self.part!r})"

    def of(self, event: Event) -> Any:
        found = self.value.of(event)
        if found is None or (isinstance(found, str) and not found.strip()):
            return None
        try:
            address = urlsplit(found.strip())
            host = (address.hostname or "").removesuffix(".")
            port = address.port or _PORTS.get(address.scheme)
        except (ValueError, AttributeError):
            return UNREADABLE
        if not address.scheme or not host or "\\" in found or " " in found.strip():
            return UNREADABLE
        user = ":".join(part for part in (address.username, address.password) if part)
        known: dict[str, Any] = {
            "scheme": address.scheme,
            "host": host,
            "port": port,
            "path": address.path or "/",
            "query": address.query,
            "fragment": address.fragment,
            "user": user,
            "label": host.split(".")[0],
            "file": address.path.split("/")[-1],
            "ending": host.split(".")[-1],
        }
        return known[self.part] or None

    def put(self, event: Event, wanted: Any) -> list[Event]:
        """The address with another part; where there is none yet, a plain one."""
        if isinstance(wanted, str) and " " in wanted:
            wanted = "http" if self.part == "scheme" else wanted.replace(" ", "-")
        if self.part == "path" and not str(wanted or "").startswith("/"):
            wanted = f"/{wanted or ''}"
        known = {part: UrlPart(self.value, part).of(event) for part in PARTS}
        if any(value == UNREADABLE for value in known.values()) or known["host"] is None:
            known = {part: UrlPart(self.value, part).of(self.value.put(event, _START)[0]) for part in PARTS}
        text = "" if wanted is None else str(wanted)
        if self.part == "label":
            known["host"] = ".".join([text, *str(known["host"]).split(".")[1:]])
        elif self.part == "ending":
            known["host"] = ".".join([*str(known["host"]).split(".")[:-1], text])
        elif self.part == "file":
            known["path"] = "/".join([*str(known["path"]).split("/")[:-1], text])
        elif self.part == "path":
            known["path"] = text if text.startswith("/") else f"/{text}"
        else:
            known[self.part] = wanted
        made = [one for address in _written(known) for one in self.value.put(event, address)]
        return [one for one in made if str(self.of(one)).casefold() == str(wanted).casefold()]

    def fields(self) -> list[str]:
        return self.value.fields()

    def says(self) -> str:
        names = {"user": "user part", "label": "first label of the host", "file": "file name", "ending": "last label"}
        return f"the {names.get(self.part, self.part)} of {self.value.says()}"


def _written(parts: dict[str, Any]) -> list[str]:
    """The address, also in capitals where they make no difference."""
    usual = parts["port"] is None or _PORTS.get(str(parts["scheme"])) == parts["port"]
    port = "" if usual else f":{parts['port']}"
    user = f"{parts['user']}@" if parts["user"] else ""
    tail = f"{parts['path'] or '/'}{'?' + parts['query'] if parts['query'] else ''}"
    tail += f"#{parts['fragment']}" if parts["fragment"] else ""
    plain = f"{parts['scheme']}://{user}{parts['host']}{port}{tail}"
    return [plain, f"{str(parts['scheme']).upper()}://{user}{str(parts['host']).upper()}{port}{tail}"]
