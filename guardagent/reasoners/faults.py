"""What is said to people when a model endpoint does not do its part; never a key, a prompt or a server's words."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from guardagent.errors import EndpointError

# Only these codes of an error body are believed: a server may put anything there, the key included.
_KNOWN_CODES = {
    "context_length_exceeded": "the request is too long for this model",
    "model_not_found": "it does not have this model; check the model's name",
    "insufficient_quota": "the account has no quota left",
    "billing_hard_limit_reached": "the account has no quota left",
    "content_filter": "its content filter rejected the request",
    "content_policy_violation": "its content filter rejected the request",
}
_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "grammar", "guided", "structured output")


def endpoint_label(base_url: str, model: str) -> str:
    """How errors name an endpoint: host, port and model; user names and passwords in the URL stay out."""
    return f"model endpoint `{host_of(base_url)}` (model `{' '.join(model.split())}`)"


def host_of(base_url: str) -> str:
    """Host and port of a base URL.

    Raises:
        EndpointError: it is no http or https URL.
    """
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    written = base_url.isprintable() and " " not in base_url
    if parts.scheme not in ("http", "https") or not host or not written:
        raise EndpointError("model endpoint: the base URL must start with `http://` or `https://` and name a host")
    return host if port is None else f"{host}:{port}"


def place_of(base_url: str) -> str:
    """Whose machine a base URL leads to, as far as it shows; never its name."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "this machine" if host == "localhost" or host.endswith(".localhost") else "another host"
    if address.is_loopback:
        return "this machine"
    return "a host of a private network" if address.is_private else "another host"


def describe_status(status: int, code: str | None, attempts: int) -> str:
    """What an error status means and what to do about it."""
    if code in _KNOWN_CODES:
        return f"refused ({status}): {_KNOWN_CODES[code]}"
    tried = times_tried(attempts)
    match status:
        case _ if 300 <= status < 400:
            return f"redirects to another address ({status}); give that one as base URL"
        case 401:
            return "refused the API key (401); check the key"
        case 403:
            return "refused access (403); check what the key may use"
        case 404:
            return "has no such page or model (404); check the model's name and the base URL (often it ends in `/v1`)"
        case 429:
            return f"is limiting requests (429){tried}; try later or allow more time"
        case _ if status >= 500:
            return f"failed with status {status}{tried}; try later or look at the server's log"
    return f"rejected the request ({status})"


def times_tried(attempts: int) -> str:
    """How often it was tried, where it was more than once."""
    return f" (tried {attempts} times)" if attempts > 1 else ""


def may_retry(status: int, code: str | None) -> bool:
    """Whether the same request may do better a moment later."""
    return code not in _KNOWN_CODES and (status in (408, 409, 429) or status >= 500)


def rejects_format(status: int, code: str | None, message: str) -> bool:
    """Whether the endpoint may have refused the way in which the answer was asked for, not the request itself."""
    if code in _KNOWN_CODES:
        return False
    if status in (400, 422, 501):
        return True
    return status >= 500 and any(word in message.casefold() for word in _FORMAT_WORDS)


def retry_after(value: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks for; a date counts as no wish."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 10**6 else None
