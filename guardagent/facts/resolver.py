"""Resolver: the facts that a program declares, answered outside the sandbox, with a cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from guardagent.errors import FactError
from guardagent.facts.category import CategoryReader
from guardagent.ports import Embedder
from guardagent.types import Event, FactSpec, FactValue, digest_of

# (question, choices, texts of the fields) → one of the choices.
Ask = Callable[[str, tuple[str, ...], tuple[str, ...]], str]

MAX_TEXT = 20_000


class Resolver:
    """Answers `category` facts by exemplars and `judgement` facts by asking a model, when that is allowed.

    The cache is keyed by the spec and the texts that it reads, so an answer never outlives what it was given for.
    """

    def __init__(self, embedder: Embedder, ask: Ask | None = None, *, cache_size: int = 4096) -> None:
        self._categories = CategoryReader(embedder)
        self._ask = ask
        self._cache: OrderedDict[str, FactValue] = OrderedDict()
        self._cache_size = cache_size
        self._lock = Lock()
        self._model_calls = 0

    @property
    def model_calls(self) -> int:
        """Model calls made so far."""
        return self._model_calls

    def resolve(self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool) -> Mapping[str, FactValue]:
        """A value for each spec, by name.

        Raises:
            FactError: a field is missing or no text, a model is needed but not allowed, or it gave no closed answer.
        """
        return {spec.name: self._resolve(spec, event, allow_judgement) for spec in specs}

    def _resolve(self, spec: FactSpec, event: Event, allow_judgement: bool) -> FactValue:
        texts = tuple(_text_at(event, pointer, spec.name) for pointer in spec.fields)
        if spec.kind == "judgement" and not allow_judgement:
            raise FactError(f"fact `{spec.name}` asks a model, and the policy doesn't allow that (`judgement: allow`)")
        key = digest_of("\0".join((spec.digest, *texts)))
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        value = self._judge(spec, texts) if spec.kind == "judgement" else self._categorise(spec, texts)
        with self._lock:
            self._cache[key] = value
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return value

    def _categorise(self, spec: FactSpec, texts: tuple[str, ...]) -> str:
        return self._categories.label(spec, "\n".join(texts))

    def _judge(self, spec: FactSpec, texts: tuple[str, ...]) -> str:
        if self._ask is None:
            raise FactError(f"fact `{spec.name}` asks a model, and no endpoint is configured; see `guardagent doctor`")
        with self._lock:
            self._model_calls += 1
        answer = self._ask(spec.question, spec.choices, texts)
        if answer not in spec.choices:
            raise FactError(f"fact `{spec.name}`: the model's answer is none of the choices")
        return answer


def _text_at(event: Event, pointer: str, fact: str) -> str:
    value: Any = event.payload
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise FactError(f"fact `{fact}`: the event has no `{pointer}`")
    if not isinstance(value, str):
        raise FactError(f"fact `{fact}`: `{pointer}` is not text")
    if len(value) > MAX_TEXT:
        raise FactError(f"fact `{fact}`: `{pointer}` is longer than {MAX_TEXT} characters")
    return value
