"""Resolver: the facts that a program declares, answered outside the sandbox, with a cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from guardagent.errors import FactError
from guardagent.facts.category import CategoryReader
from guardagent.facts.recent import Recent
from guardagent.ports import Embedder, Judgement, Question
from guardagent.types import Event, FactSpec, FactValue, Failure, canonical_json, digest_of

MAX_TEXT = 20_000
# Labels whose scores differ by less than this share of the better one are about as near.
MARGIN = 0.1
NO_JUDGE = "nowhere, as no model endpoint is configured"


class JudgesTexts(Protocol):
    """What asks a model; `guardagent.facts.judge` has the real one."""

    @property
    def place(self) -> str:
        """Where the texts go, such as `a host on this machine`."""
        ...

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """The answers to all questions by one call."""
        ...


class Resolver:
    """Answers `category` facts by exemplars and leaves `judgement` facts to a judge, when that is allowed.

    The cache is keyed by the spec and the texts that it reads, so an answer never outlives what it was given for.
    """

    def __init__(
        self,
        embedder: Embedder,
        judge: JudgesTexts | None = None,
        *,
        fold: Callable[[str], str] = str,
        margin: float = MARGIN,
        cache_size: int = 4096,
    ) -> None:
        """`fold` brings texts that read the same into one form before exemplars are compared.

        `margin` is how much nearer, in shares of its own nearness, the first label must be than the second.
        """
        self._categories = CategoryReader(embedder, fold=fold)
        self._judge = judge
        self._margin = margin
        self._cache: Recent[str, FactValue] = Recent(cache_size)

    @property
    def judged_at(self) -> str:
        """Where texts go that a model judges."""
        return self._judge.place if self._judge else NO_JUDGE

    def resolve(
        self, specs: Sequence[FactSpec], event: Event, *, allow_judgement: bool
    ) -> Mapping[str, FactValue | Question]:
        """A value for each spec, by name, or what to ask a model.

        Raises:
            FactError: a field is missing or no text, or a model is needed but not allowed.
        """
        return {spec.name: self._resolve(spec, event, allow_judgement) for spec in specs}

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """The answers of the judge; without one, a failure of every question."""
        if self._judge is not None:
            return await self._judge.judge(questions)
        message = "fact `{}` asks a model, and no endpoint is configured; see `guardagent doctor`"
        names = [question.spec.name for question in questions]
        return Judgement(failures={n: Failure(code="fact_failed", message=message.format(n)) for n in names})

    def _resolve(self, spec: FactSpec, event: Event, allow_judgement: bool) -> FactValue | Question:
        texts = {pointer: _text_at(event, pointer, spec.name) for pointer in spec.fields}
        if spec.kind == "judgement":
            if not allow_judgement:
                raise FactError(
                    f"fact `{spec.name}` asks a model, and the policy doesn't allow that (`judgement: allow`)"
                )
            return Question(spec, texts)
        label = self._label(spec, "\n".join(texts.values()))
        if label is None and spec.question and allow_judgement:
            return Question(spec, texts)
        return spec.default if label is None else label

    def _label(self, spec: FactSpec, text: str) -> FactValue:
        """The label that the text is nearest to; None where two are about as near."""
        key = digest_of(canonical_json([spec.digest, text]))
        return self._cache.get(key, partial(self._categories.label, spec, text, margin=self._margin))


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
