"""Payloads that are too big to write out."""

from __future__ import annotations

from collections.abc import Callable


def _clause(*lines: str) -> str:
    return "def clause_c1(event, facts):\n" + "".join(f"    {line}\n" for line in lines)


def doubling_in_a_line() -> str:
    """Forty doublings one after the other, without a loop to count."""
    return _clause('x = "x" * 100', *["x = x + x"] * 40, "return None")


def unary_chain() -> str:
    return _clause(f"x = {'-' * 45_000}1", "return None")


def deep_brackets() -> str:
    return _clause(f"x = {'(' * 5_000}1{')' * 5_000}", "return None")


def deep_subscripts() -> str:
    return _clause(f"x = event{'[0]' * 12_000}", "return None")


def operator_chain() -> str:
    return _clause(f"x = 1{'+1' * 20_000}", "return None")


def attribute_chain() -> str:
    return _clause(f"x = event{'.a' * 20_000}", "return None")


def elif_chain() -> str:
    return _clause("if event:", "    x = 1", *["elif x:pass"] * 3_000, "return None")


def long_source() -> str:
    return _clause(*["x = 1"] * 100_000, "return None")


def unclosed_quotes() -> str:
    """Each line opens a long text that nothing closes, so that a careless reader looks for its end again and again."""
    return "\\'''a'\n" * 6_500


def calls_into_a_circle() -> str:
    """Helpers that call one another in a long row, whose last one calls itself."""
    chain = [f"def f{n}():\n    return f{n + 1}()\n" for n in range(700)]
    return "".join(chain) + "def f700():\n    return f700()\n" + _clause("return f0()")


def unknown_names() -> str:
    """Many names, and as many others that are nearly the same."""
    names = [f"{n:064b}".replace("0", "a").replace("1", "b") for n in range(300)]
    slips = [f"{n:064b}".replace("0", "b").replace("1", "a") for n in range(300)]
    return "".join(f"{name} = 1\n" for name in names) + _clause(*[f"x = {slip}" for slip in slips], "return None")


def _event(extra: str) -> str:
    return f'{{"agent": "target", "stage": "output", "output": "hello", "extra": {extra}}}'


def deep_lists() -> str:
    return _event("[" * 10_000 + "]" * 10_000)


def deep_objects() -> str:
    return _event('{"a":' * 5_000 + "1" + "}" * 5_000)


def unclosed_lists() -> str:
    return "[" * 60_000


def number_of_10000_digits() -> str:
    return _event("9" * 10_000)


def event_of_a_megabyte() -> str:
    return _event(f'"{"x" * 1_000_000}"')


BUILDERS: dict[str, Callable[[], str]] = {
    builder.__name__: builder
    for builder in (
        doubling_in_a_line, unary_chain, deep_brackets, deep_subscripts, operator_chain, attribute_chain, elif_chain,
        long_source, unclosed_quotes, calls_into_a_circle, unknown_names, deep_lists, deep_objects, unclosed_lists,
        number_of_10000_digits, event_of_a_megabyte,
    )
}  # fmt: skip
