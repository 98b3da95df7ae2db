"""A small shop policy, and everything that its translation needs, real where it costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guardagent.errors import EndpointError
from guardagent.facts import Resolver
from guardagent.ports import Brief, CheckRunner, Coded, FactResolver, Reasoner
from guardagent.request import segment
from guardagent.translation.translator import Translator
from guardagent.translation.vet import Material, Vetting, vet
from guardagent.types import AgentSpec, Effect, Example, Gap, GuardRequest, Plan, PlanStep, TokenUsage, ToolDoc
from guardagent_memory.embed import HashingEmbedder
from guardagent_memory.fake import InMemoryDemonstrations
from guardagent_toolbox.inprocess import InProcessRunner

TEXT = "Refunds above 500 dollars must be denied.\n\nOnly managers may close an account.\n\n`Manager` means a role.\n"
CLAUSES = segment(TEXT)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["user", "tool"],
    "properties": {
        "user": {"type": "object", "required": ["role"], "properties": {"role": {"type": "string"}}},
        "tool": {
            "type": "object",
            "required": ["name", "arguments"],
            "properties": {
                "name": {"enum": ["refund", "close"]},
                "arguments": {"type": "object", "properties": {"amount": {"type": "number"}}},
            },
        },
    },
}

REFUND = """\
def clause_c1(event, facts):
    if event["tool"]["name"] == "refund" and value_at(event, "/tool/arguments/amount", 0) > 500:
        return violation("refund above 500", evidence=["/tool/arguments/amount"])
"""
CLOSE = """\
def clause_c2(event, facts):
    if event["tool"]["name"] == "close" and normalise(event["user"]["role"]) != "manager":
        return violation("not a manager")
"""
GOOD = REFUND + "\n\n" + CLOSE
# The limit itself is refused.
STRICT = GOOD.replace("> 500", ">= 500")

TOOLS = (
    ToolDoc(name="value_at", signature="(event, pointer, default=None)", doc="The value at a pointer."),
    ToolDoc(name="normalise", signature="(text)", doc="Folded text."),
)


def event(role: str = "clerk", name: str = "refund", amount: Any = None) -> dict[str, Any]:
    arguments = {} if amount is None else {"amount": amount}
    return {
        "agent": "shop",
        "stage": "tool_call",
        "user": {"role": role},
        "tool": {"name": name, "arguments": arguments},
    }


def example(id: str, of: dict[str, Any], expect: Effect, *violated: str, origin: str = "author") -> Example:
    return Example.model_validate({"id": id, "event": of, "expect": expect, "violated": violated, "origin": origin})


REFUND_DENIED = example("too-much", event(amount=501), "deny", "c1")
REFUND_ALLOWED = example("at-the-limit", event(amount=500), "allow")
CLOSE_DENIED = example("clerk-closes", event(name="close"), "deny", "c2")
CLOSE_ALLOWED = example("manager-closes", event("manager", "close"), "allow")
EXAMPLES = (REFUND_DENIED, REFUND_ALLOWED, CLOSE_DENIED)


def request(*examples: Example, text: str = TEXT, **more: Any) -> GuardRequest:
    agent = AgentSpec(name="shop", description="sells things", event_schema=SCHEMA)
    return GuardRequest.model_validate(
        {"name": "shop", "text": text, "agent": agent, "stages": ("tool_call",), "examples": examples} | more
    )


def step(*clauses: str, **more: Any) -> PlanStep:
    return PlanStep(clauses=clauses, summary="decide", **more)


PLAN = Plan(steps=(step("c1", fields=("/tool/arguments/amount",), tools=("value_at",)), step("c2", "c3")))
PLAN_WITH_GAP = Plan(steps=(step("c1"),), gaps=(Gap(clause="c2", reason="roles are unknown", hint="name them"),))
NO_FACTS = Resolver(HashingEmbedder())


def vetted(
    source: str,
    *examples: Example,
    plan: Plan = PLAN,
    runner: CheckRunner | None = None,
    facts: FactResolver = NO_FACTS,
    **more: Any,
) -> Vetting:
    """The vetting of `source` against the shop's request."""
    asked = request(*(e for e in examples if e.origin == "author"), **more)
    material = Material(asked, segment(asked.text), plan, examples, "test-1")
    return vet(material, source, runner=runner or InProcessRunner(), facts=facts)


def statuses(vetting: Vetting) -> dict[str, str]:
    return {report.clause: report.status for report in vetting.clauses}


def translator(reasoner: Reasoner, **more: Any) -> Translator:
    parts: dict[str, Any] = {
        "runner": InProcessRunner(),
        "facts": NO_FACTS,
        "demonstrations": InMemoryDemonstrations(),
        "tools": TOOLS,
        "toolbox_version": "test-1",
    }
    return Translator(reasoner=reasoner, **(parts | more))


class Steady:
    """A reasoner that answers by what it is asked, so that it can take over in another process.

    Its first plan leaves a rule out and its first source is too strict; asked again, it mends both.
    """

    name = "steady"

    def __init__(self, *, breaks_at: str = "") -> None:
        self.asked: list[str] = []
        self._breaks_at = breaks_at

    @property
    def usage(self) -> TokenUsage:
        return TokenUsage(calls=len(self.asked), prompt_tokens=10 * len(self.asked))

    async def plan(self, brief: Brief, *, problems: Sequence[str] = (), previous: Plan | None = None) -> Plan:
        self._note("plan")
        return PLAN if problems else Plan(steps=PLAN.steps[:1])

    async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
        self._note("examples")
        return (CLOSE_ALLOWED,)

    async def code(
        self, brief: Brief, plan: Plan, examples: Sequence[Example], *, source: str = "", failures: Sequence[str] = ()
    ) -> Coded:
        self._note("repair" if failures else "code")
        return Coded(GOOD if failures else STRICT)

    def _note(self, step: str) -> None:
        if step == self._breaks_at:
            raise EndpointError("endpoint `http://127.0.0.1:9`: refused the connection")
        self.asked.append(step)
