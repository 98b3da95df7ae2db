"""Judge: closed questions about texts of an event, answered by a model, with evidence that is held against the texts.

All questions about one event go out in one call. An answer counts only when it has exactly the form that was asked for
and every quote in it stands in the text it is said to come from; anything else is a failed fact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, create_model

from guardagent.errors import ReasonerError
from guardagent.facts.evidence import as_data, stands_in
from guardagent.facts.recent import Recent
from guardagent.ports import Judgement, Question
from guardagent.translation.prompts import Asked, Message, judgement_messages
from guardagent.types import UNCLEAR, Failure, TokenUsage, canonical_json, digest_of

# Of an absence there is nothing to quote.
UNQUOTED = ("no", UNCLEAR)
MAX_QUOTES = 20

Shape = TypeVar("Shape", bound=BaseModel)


class Model(Protocol):
    """The part of an endpoint that is needed here."""

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def place(self) -> str:
        """Where it is, such as `a host on this machine`."""
        ...

    async def decide(
        self, messages: Sequence[Message], schema: type[Shape], *, count: Callable[[TokenUsage], None]
    ) -> Shape:
        """The answer as a `schema`, what it took given to `count`; raises ReasonerError when there is none."""
        ...


class Verdict(NamedTuple):
    """The answer to one question, and the places of the texts that bear it out."""

    answer: str
    places: tuple[str, ...]


class Judge:
    """Asks a model; a question about the same texts keeps its first answer, as long as it is remembered."""

    def __init__(self, model: Model, *, cache_size: int = 4096) -> None:
        self._model = model
        self._verdicts: Recent[str, Verdict] = Recent(cache_size)

    @property
    def place(self) -> str:
        """Where the texts go."""
        return self._model.place

    async def judge(self, questions: Sequence[Question]) -> Judgement:
        """The answers to all questions: as they are remembered, the others by one call."""
        keys = {question.spec.name: self._key(question) for question in questions}
        verdicts = {name: found[0] for name, key in keys.items() if (found := self._verdicts.find(key))}
        failures: dict[str, Failure] = {}
        usage = TokenUsage()
        if len(verdicts) < len(keys):
            # All of them, the remembered ones too: a prompt must not depend on which events came before, and the part
            # before the data stays the same for a server that caches prefixes and answer forms.
            fresh, usage = await self._ask(questions)
            for name in keys.keys() - verdicts.keys():
                match fresh[name]:
                    case Failure() as failure:
                        failures[name] = failure
                    case Verdict() as verdict:
                        verdicts[name] = self._verdicts.keep(keys[name], verdict)
        return Judgement(
            answers={name: verdict.answer for name, verdict in verdicts.items()},
            failures=failures,
            evidence={name: verdict.places for name, verdict in verdicts.items()},
            usage=usage,
        )

    async def _ask(self, questions: Sequence[Question]) -> tuple[dict[str, Verdict | Failure], TokenUsage]:
        spent: list[TokenUsage] = []
        try:
            said = await self._model.decide(messages_for(questions), shape_for(questions), count=spent.append)
        except ReasonerError as error:
            found: dict[str, Verdict | Failure] = {q.spec.name: _failure(q, str(error)) for q in questions}
        else:
            answers = said.model_dump()
            found = {q.spec.name: _checked(q, answers[_key_of(n)]) for n, q in enumerate(questions, 1)}
        # A call that got no answer was made all the same.
        return found, sum(spent, TokenUsage()) if spent else TokenUsage(calls=1)

    def _key(self, question: Question) -> str:
        told = [self._model.model, question.spec.digest, *question.clauses, dict(question.texts)]
        return digest_of(canonical_json(told))


def messages_for(questions: Sequence[Question]) -> list[Message]:
    """What a model is told: the questions first, then the texts that they name and no others."""
    texts = {place: text for question in questions for place, text in question.texts.items()}
    asked = [_asked(number, question) for number, question in enumerate(questions, 1)]
    return judgement_messages(asked, as_data(texts), unquoted=UNQUOTED)


def shape_for(questions: Sequence[Question]) -> type[BaseModel]:
    """The only shape in which answers to these questions are taken."""
    return _shape(tuple((tuple(question.texts), _answers(question)) for question in questions))


@lru_cache(maxsize=256)
def _shape(asked: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]) -> type[BaseModel]:
    closed = ConfigDict(frozen=True, extra="forbid")
    members: dict[str, Any] = {}
    for number, (places, answers) in enumerate(asked, 1):
        place: Any = Literal[places]
        answer: Any = Literal[answers]
        quoted: Any = create_model(f"Quote{number}", __config__=closed, field=(place, ...), quote=(str, ...))
        one = create_model(f"Answer{number}", __config__=closed, evidence=(list[quoted], ...), answer=(answer, ...))
        members[_key_of(number)] = (one, ...)
    return create_model("Judgement", __config__=closed, **members)


def _checked(question: Question, said: dict[str, Any]) -> Verdict | Failure:
    answer, quotes = said["answer"], said["evidence"]
    if len(quotes) > MAX_QUOTES:
        return _failure(question, "the model quotes without end")
    if not quotes and answer not in UNQUOTED:
        return _failure(question, "the model's answer comes without evidence")
    if not all(stands_in(quote["quote"], question.texts[quote["field"]]) for quote in quotes):
        return _failure(question, "the model quotes what does not stand in the event")
    return Verdict(answer, tuple(dict.fromkeys(quote["field"] for quote in quotes)))


def _asked(number: int, question: Question) -> Asked:
    spec = question.spec
    return Asked(_key_of(number), spec.question, tuple(question.texts), _answers(question), question.clauses)


def _answers(question: Question) -> tuple[str, ...]:
    return (*question.spec.options, UNCLEAR)


def _key_of(number: int) -> str:
    return f"q{number}"


def _failure(question: Question, why: str) -> Failure:
    return Failure(code="fact_failed", message=f"fact `{question.spec.name}`: {why}")
