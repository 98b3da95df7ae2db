"""A reasoner that replays a script: for tests, demonstrations and reproducing a compile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from guardagent.errors import AnswerError
from guardagent.ports import Brief, Coded
from guardagent.reasoners.answers import CodeAnswer, ExamplesAnswer, PlanAnswer
from guardagent.types import Example, Plan, TokenUsage

Answer = TypeVar("Answer")


class Script(BaseModel):
    """Answers in the shapes in which a model gives them, each list in the order of asking."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: tuple[PlanAnswer, ...] = ()
    examples: tuple[ExamplesAnswer, ...] = ()
    code: tuple[CodeAnswer, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The script in a JSON file; raises AnswerError when it holds none."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise AnswerError(f"script `{path}`: cannot be read as lists of `plan`, `examples` and `code`") from None


class Asked(NamedTuple):
    """What a scripted reasoner was asked once."""

    step: Literal["plan", "examples", "code"]
    brief: Brief
    source: str = ""
    complaints: tuple[str, ...] = ()
    previous: Plan | None = None


class ScriptedReasoner:
    """Gives the answers of a script in turn, whatever it is asked; `asked` tells what that was."""

    def __init__(
        self,
        plans: Iterable[Plan] = (),
        examples: Iterable[tuple[Example, ...]] = (),
        codes: Iterable[str | Coded] = (),
    ) -> None:
        self._plans, self._examples, self._codes = iter(tuple(plans)), iter(tuple(examples)), iter(tuple(codes))
        self.asked: list[Asked] = []

    @classmethod
    def of(cls, script: Script) -> Self:
        """The reasoner that replays `script`."""
        return cls(
            plans=[said.to_plan() for said in script.plan],
            examples=[said.to_examples() for said in script.examples],
            codes=[said.to_coded() for said in script.code],
        )

    @property
    def name(self) -> str:
        """`scripted`."""
        return "scripted"

    @property
    def usage(self) -> TokenUsage:
        """The calls so far; a script costs no tokens."""
        return TokenUsage(calls=len(self.asked))

    async def plan(self, brief: Brief, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
        """The next plan of the script."""
        return self._next(self._plans, Asked("plan", brief, complaints=tuple(problems), previous=previous))

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:  # noqa: ARG002
        """The next examples of the script."""
        return self._next(self._examples, Asked("examples", brief))

    async def code(
        self,
        brief: Brief,
        plan: Plan,  # noqa: ARG002
        examples: Sequence[Example],  # noqa: ARG002
        *,
        source: str = "",
        failures: Sequence[str] = (),
    ) -> Coded:
        """The next source of the script."""
        said = self._next(self._codes, Asked("code", brief, source, tuple(failures)))
        return said if isinstance(said, Coded) else Coded(said)

    def _next(self, answers: Iterator[Answer], asked: Asked) -> Answer:
        self.asked.append(asked)
        for answer in answers:
            return answer
        raise AnswerError(f"scripted reasoner: the script has no more answers for `{asked.step}`")
