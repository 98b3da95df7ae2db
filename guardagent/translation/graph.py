"""The order of a compile, saved after every node; the only module here that knows LangGraph."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.errors import NodeTimeoutError
from langgraph.graph import END, START, StateGraph
from langsmith import tracing_context

from guardagent.errors import CompileError, GuardAgentError
from guardagent.translation.nodes import MAX_REPAIRS, Nodes, Update, after_plan, after_repair, after_vet
from guardagent.translation.planning import MAX_ASKED_AGAIN
from guardagent.translation.state import State

# Seconds that a node may take. Reasoners bound their own calls; this is what holds when they don't.
SECONDS: Mapping[str, float] = {
    "segment": 30, "retrieve": 120, "plan": 900, "propose_examples": 900, "code": 900, "vet": 600, "repair": 900,
    "report": 30,
}  # fmt: skip

# Every node once, the plan asked again and each repair with its vetting, and room for the graph's own steps.
_MAX_STEPS = len(SECONDS) + MAX_ASKED_AGAIN + 2 * MAX_REPAIRS + 4


class Progress(NamedTuple):
    """A node that starts (`detail` is empty) or has ended (`detail` says what it found), in a round of repair."""

    node: str
    detail: str
    round: int


class PlainJson(JsonPlusSerializer):
    """Writes checkpoints as JSON text: what is no plain value is refused, and reading one back runs nothing."""

    def __init__(self) -> None:
        super().__init__(allowed_msgpack_modules=None)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """The JSON text of `obj`; an exception, which LangGraph also wants saved, becomes its type's name."""
        plain = type(obj).__name__ if isinstance(obj, BaseException) else obj
        return "json", json.dumps(plain, allow_nan=False).encode()

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """The value of a JSON text."""
        kind, text = data
        if kind != "json":
            raise CompileError(f"checkpoint: it holds `{kind}` and not plain JSON; delete the file and compile again")
        return json.loads(text)


async def run(
    nodes: Nodes,
    start: State,
    *,
    thread: str,
    checkpoint: Path | None,
    progress: Callable[[Progress], None],
    seconds: Mapping[str, float] = SECONDS,
) -> State:
    """The state after the last node; where an earlier run of `thread` was cut short, it goes on from there.

    Raises:
        CompileError: a node took too long, or the checkpoint cannot be used. What was saved stays saved.
    """
    builder = _builder(nodes, progress, seconds)
    # Without this, LANGSMITH_TRACING in the environment would send the author's text to somebody's server.
    with tracing_context(enabled=False):
        try:
            if checkpoint is None:
                return await _finish(builder.compile(), start, {})
            async with _saver(checkpoint) as saver:
                return await _resumed(builder.compile(checkpointer=saver), saver, start, thread)
        except GuardAgentError as error:
            # LangGraph adds a line about its own task, which would follow ours on the screen.
            error.__dict__.pop("__notes__", None)
            raise
        except NodeTimeoutError as error:
            raise CompileError(
                f"compile: `{error.node}` took longer than {error.timeout:g} s; compile again to go on from there"
            ) from None


async def _resumed(graph: Any, saver: AsyncSqliteSaver, start: State, thread: str) -> State:
    config = {"configurable": {"thread_id": thread}}
    saved = await graph.aget_state(config)
    if not saved.next:
        # Nothing saved, or a run that had come to its end: begin anew.
        await saver.adelete_thread(thread)
    final = await _finish(graph, None if saved.next else start, config, durability="sync")
    await saver.adelete_thread(thread)
    return final


async def _finish(graph: Any, start: State | None, config: Mapping[str, Any], **how: Any) -> State:
    final: State = await graph.ainvoke(start, {"recursion_limit": _MAX_STEPS, **config}, **how)
    return final


@asynccontextmanager
async def _saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CompileError(f"checkpoint `{path}`: its folder cannot be made ({error.strerror})") from None
    try:
        async with aiosqlite.connect(path) as connection:
            yield AsyncSqliteSaver(connection, serde=PlainJson())
    except sqlite3.Error as error:
        raise CompileError(f"checkpoint `{path}`: cannot be used ({error}); delete it or name another file") from None


def _builder(nodes: Nodes, progress: Callable[[Progress], None], seconds: Mapping[str, float]) -> Any:
    builder = StateGraph(State)
    for name in SECONDS:
        builder.add_node(name, _told(name, getattr(nodes, name), progress), timeout=float(seconds[name]))
    for before, after in ((START, "segment"), ("segment", "retrieve"), ("retrieve", "plan")):
        builder.add_edge(before, after)
    builder.add_conditional_edges("plan", after_plan, ["plan", "propose_examples", "report"])
    builder.add_edge("propose_examples", "code")
    builder.add_edge("code", "vet")
    builder.add_conditional_edges("vet", after_vet, ["repair", "report"])
    builder.add_conditional_edges("repair", after_repair, ["vet", "report"])
    builder.add_edge("report", END)
    return builder


def _told(name: str, step: Callable[[State], Any], progress: Callable[[Progress], None]) -> Any:
    """`step` as a node that tells when it starts and what it found."""

    async def node(state: State) -> State:
        round = state["repairs"] + (name == "repair")
        progress(Progress(name, "", round))
        update: Update = await step(state)
        progress(Progress(name, update[1], round))
        return update[0]

    return node
