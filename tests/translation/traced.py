"""Compiles the shop policy, then runs a bare LangGraph graph: only the second may speak to a tracing server."""

from __future__ import annotations

import asyncio
import sys
import urllib.request
from pathlib import Path
from typing import TypedDict

from langchain_core.tracers.langchain import wait_for_all_tracers
from langgraph.graph import END, START, StateGraph

from tests.translation.parts import EXAMPLES, Steady, request, translator


class Bare(TypedDict):
    text: str


def main(sink: str, folder: Path) -> None:
    for checkpoint in (None, folder / "checkpoint.db"):
        draft = asyncio.run(translator(Steady(), checkpoint=checkpoint).compile(request(*EXAMPLES)))
        assert draft.report.publishable
    wait_for_all_tracers()
    urllib.request.urlopen(f"{sink}/compiled").close()
    builder = StateGraph(Bare)
    builder.add_node("echo", lambda state: state)
    builder.add_edge(START, "echo")
    builder.add_edge("echo", END)
    builder.compile().invoke({"text": "control"})
    wait_for_all_tracers()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
