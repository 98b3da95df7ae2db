"""Filling prompt templates, and fencing material that others wrote."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
_KEY_LENGTH = 16


def render(name: str, /, **values: str) -> str:
    """The template `name`.md with each `{{placeholder}}` replaced by its value, in one pass.

    A value is never read as a template, whatever it contains.

    Raises:
        ValueError: a placeholder has no value, or a value no placeholder.
    """
    text = _template(name)
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != values.keys():
        missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        raise ValueError(f"prompt `{name}`: without a value: {missing}; without a placeholder: {unknown}")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def fence(text: str, name: str) -> str:
    """`text` between lines that it cannot imitate: their key is a digest of the text itself."""
    key = hashlib.sha256(f"{name}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_LENGTH]
    # INVARIANT: no line of the text is the closing line; tests/reasoners/test_prompts.py tries.
    while key in text:
        key = hashlib.sha256(key.encode()).hexdigest()[:_KEY_LENGTH]
    return f"[[data {key}: {name}]]\n{text}\n[[end {key}]]"


@cache
def _template(name: str) -> str:
    if not re.fullmatch(r"[a-z_]+", name):
        raise ValueError(f"prompt `{name}`: a prompt is named with lower-case letters and underscores")
    text = files(__package__).joinpath(f"{name}.md").read_text("utf-8")
    return text.removesuffix("\n")
