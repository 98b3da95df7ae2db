"""A worker that was taken over and sends whatever it likes, and the sandbox that must not be taken in."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from guardagent.ports import Answer, RunCase, RunResult
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.wire import MAX_RUN
from tests.fuzz.oracles import Broken, require
from tests.fuzz.reply_oracle import said_in_messages
from tests.fuzz.reply_texts import FIRST, Deceit
from tests.hostile.arena import program_of

# For a zygote without the language. It knows the number of the event in flight from the page that tells the host; the
# messages name it by the number FIRST, which begins like nothing else.
_PROGRAM: Final = f"""
import gc, os, re
NUMBERED = re.compile(rb"{FIRST // 100}(\\d\\d)")
def clause_c1(event, facts):
    if "messages" in event:
        first = [one for one in gc.get_objects() if type(one).__name__ == "Progress"][0].get()
        for message in event["messages"]:
            text = message.encode("latin-1")
            send(NUMBERED.sub(lambda found: b"%d" % (first + int(found[1]) - {FIRST % 100}), text))
        if event["leaves"]:
            os._exit(0)
    return violation(event["output"])
def clause_c2(event, facts):
    return None
"""

# What becomes of an event whose answer the host does not believe, or whose worker left.
_NOT_BELIEVED: Final = frozenset({"bad_reply", "crash"})
# By then, whatever a liar has left behind is used up.
_LAST: Final = 3


class Deceiver:
    """Has a sandbox of the bare build ask workers that lie; closes nothing."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._program = program_of(_PROGRAM)

    def check(self, deceit: Deceit, tally: Counter[str]) -> None:
        """Each event gets what was said of it, or is denied; the next worker is believed again."""
        tally["deceits"] += 1
        cases = [_case(n, deceit if n == 0 else None) for n in range(deceit.events)]
        if len(cases[0].event.encode()) > MAX_RUN // 2:
            return
        results = self._sandbox.run(self._program, cases)
        tally["events denied"] += sum(_denies(result) for result in results)
        said = said_in_messages(deceit.messages, deceit.events)
        if deceit.is_honest:
            require(list(results) == said, f"an honest worker is not believed: {results}")
        for number, result in enumerate(results):
            is_said = number < len(said) and result == said[number]
            # After a denial the others are asked of a new worker; one that stays answers honestly, too.
            is_honest = (number > 0 or not deceit.leaves) and result == _honest(number)
            require(is_said or is_honest or _denies(result), f"event {number} gets what nobody said: {result}")
        self._check_next()

    def _check_next(self) -> None:
        # A worker that stays a liar may send it something too late, or too early, but then nobody believes it.
        for number in range(_LAST):
            (result,) = self._sandbox.run(self._program, [_case(number)])
            if result == _honest(number):
                return
            require(_denies(result), f"the next event gets what nobody said: {result}")
        raise Broken("an honest worker is not believed after one that was not")


def _case(number: int, deceit: Deceit | None = None) -> RunCase:
    event: dict[str, Any] = {"agent": "fuzz", "stage": "output", "output": f"event {number}"}
    if deceit is not None:
        event["messages"] = [message.decode("latin-1") for message in deceit.messages]
        event["leaves"] = deceit.leaves
    return RunCase(json.dumps(event, ensure_ascii=False))


def _honest(number: int) -> RunResult:
    return RunResult((Answer("c1", "violation", "deny", f"event {number}"), Answer("c2", "pass")))


def _denies(result: RunResult) -> bool:
    return result.failure is not None and result.failure.code in _NOT_BELIEVED


__all__ = ["Deceiver"]
