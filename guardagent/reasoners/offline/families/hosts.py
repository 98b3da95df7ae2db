"""Hosts of web addresses and domains of mail addresses."""

from __future__ import annotations

from guardagent.reasoners.offline.conditions import Condition
from guardagent.reasoners.offline.connectives import Not
from guardagent.reasoners.offline.context import Context
from guardagent.reasoners.offline.families.frames import same as same
from guardagent.reasoners.offline.meanings import Predicate
from guardagent.reasoners.offline.texts import HostIn
from guardagent.reasoners.offline.values import Value

Hosts = tuple[str, ...]


def on_host(_context: Context, hosts: Hosts) -> Predicate:
    return lambda value: HostIn(value, hosts)


def must_host(_context: Context, value: Value, hosts: Hosts) -> Condition:
    return Not(HostIn(value, hosts))


def no_host(_context: Context, value: Value, hosts: Hosts) -> Condition:
    return HostIn(value, hosts)


def visit(context: Context, hosts: Hosts) -> Condition | None:
    field = context.fields.named("url", "address", "uri", "link", "host")
    return HostIn(field, hosts) if field else None


def send_to(context: Context, hosts: Hosts) -> Condition | None:
    field = context.fields.named("to", "recipient", "to_address")
    return HostIn(field, hosts, mail=True) if field and not field.is_list else None


def more(_context: Context, first: Hosts, rest: Hosts) -> Hosts:
    return (*first, *rest)


def alone(_context: Context, host: str) -> Hosts:
    return (host,)


def with_subdomains(_context: Context, host: str) -> Hosts:
    return (host, f"*.{host}")
