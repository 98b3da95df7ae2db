"""What holds a program in Monty once the guard language is out of the way: limits, a still clock, fresh state."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import pytest

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.monty import MontyLimits, MontyRunner
from guardagent_toolbox.monty.host_tools import HostTools, is_plain
from guardagent_toolbox.monty.session import Ended
from guardagent_toolbox.monty.sessions import Sessions
from guardagent_toolbox.registry import TOOLBOX_VERSION, functions
from tests.toolbox.monty_sessions import QUICK, forged, session
from tests.toolbox.runner_contract import clause

SAYS = "return violation(str({}))"


def said(body: str, head: str = "", times: int = 1) -> list[str]:
    """What the clause says, event by event, in one session."""
    program = forged(body, head=head)
    with session() as run:
        return [run(program)[0][3] for _ in range(times)]


def test_sleeping_takes_no_time() -> None:
    started = time.monotonic()
    assert said("time.sleep(3600)\n" + SAYS.format("1"), "import time") == ["1"]
    assert time.monotonic() - started < 30


ENDINGS = {
    "sleeps for ever": ("while True:\n    time.sleep(1)", "timeout"),
    "loops for ever": ("while True:\n    pass", "timeout"),
    "swallows its deadline": (
        "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass",
        "timeout",
    ),
    "fills the memory": ("x = [0]\nwhile True:\n    x = x + x", "memory"),
    "swallows the memory limit": (
        "try:\n    x = [0]\n    while True:\n        x = x + x\nexcept BaseException:\n    return None",
        "memory",
    ),
    "doubles a text": ("x = 'x'\nwhile True:\n    x = x + x", "memory"),
    "calculates a huge number": ("x = 3\nwhile True:\n    x = x * x", ("memory", "timeout")),
}


@pytest.mark.parametrize(("body", "code"), ENDINGS.values(), ids=ENDINGS)
def test_a_program_that_does_not_end_is_ended(body: str, code: str | tuple[str, ...]) -> None:
    started = time.monotonic()
    with session() as run, pytest.raises(Ended) as caught:
        run(forged(body, head="import time"))
    assert caught.value.failure.code in code
    assert time.monotonic() - started < 30


def test_endless_recursion_is_a_failure_of_the_clause() -> None:
    with session() as run:
        ((name, outcome, code, _message),) = run(forged("def f():\n    return f()\nreturn f()"))
    assert (name, outcome, code) == ("c1", "error", "program_error")


def test_the_clock_stands_still_and_chance_is_the_same_in_every_session() -> None:
    clock = SAYS.format("[datetime.datetime.now().year, time.time(), time.perf_counter()]")
    head = "import datetime, time, random"
    first, second = said(clock, head), said(clock, head)
    assert first == second
    assert "[2000, 946684800.0" in first[0]
    assert said(SAYS.format("random.random()"), head) == said(SAYS.format("random.random()"), head)


REACHES = {
    "a file": "return violation(open('/etc/passwd').read())",
    "the environment": "import os\nreturn violation(str(os.environ['PATH']))",
    "a module of Python": "import subprocess\nreturn violation('x')",
    "a folder": "import os\nreturn violation(str(os.listdir('/')))",
}


@pytest.mark.parametrize("body", REACHES.values(), ids=REACHES)
def test_nothing_outside_is_reached(body: str) -> None:
    with session() as run:
        ((_clause, outcome, code, _message),) = run(forged(body))
    assert (outcome, code) == ("error", "program_error")


def test_constants_and_functions_are_new_for_every_event() -> None:
    program = forged("SEEN.append(1)\ndefault()\nreturn violation(str([len(SEEN), default()]))", make=_STATE)
    with session() as run:
        assert {run(program)[0][3] for _ in range(4)} == {"[1, 2]"}


_STATE = "SEEN = []\ndef default(kept=[]):\n    kept.append(1)\n    return len(kept)"


def test_an_event_of_one_tenant_is_not_in_the_process_of_another() -> None:
    with MontyRunner(tools=functions()) as runner:
        program = Program.of(runner.inspect(clause("return None")), toolbox_version=TOOLBOX_VERSION)
        for tenant in ("a", "b"):
            runner.run(program, [RunCase("{}")], tenant=tenant)
        assert runner.worker_pid("a") not in (None, runner.worker_pid("b"))


def test_a_process_that_is_killed_is_a_crash_and_the_next_event_has_a_new_one() -> None:
    sessions = Sessions(MontyLimits(wall_ms=20_000), {})
    endless = forged("while event['go']:\n    pass\nreturn None")
    try:
        seated = sessions.of("")
        seated.load(endless)
        assert seated.pid is not None
        timer = threading.Timer(0.3, os.kill, (seated.pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(Ended) as caught:
            seated.run(endless, {"go": True}, {})
        assert caught.value.failure.code == "crash"
        sessions.drop("")
        again = sessions.of("")
        again.load(endless)
        assert again.run(endless, {"go": False}, {}) == []
    finally:
        sessions.close()


def test_a_runner_outlives_its_worker_and_holds_back_a_program_that_ends_three() -> None:
    now = [0.0]
    victims: list[int] = []

    def stall(_value: object) -> object:
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        return None

    source = clause("x = stall(event['n'])\nreturn None")
    with MontyRunner(QUICK, tools={"stall": stall}, clock=lambda: now[0]) as runner:
        killer = Program.of(runner.inspect(source), toolbox_version="")
        codes = []
        for kill in (True, True, True, False):
            runner.inspect(source)
            victims[:] = [pid for pid in [runner.worker_pid()] if pid is not None and kill]
            (result,) = runner.run(killer, [RunCase('{"n": 1}')])
            codes.append(result.failure.code if result.failure else "")
        assert codes == ["crash", "crash", "crash", "quarantined"]
        now[0] = 61.0
        assert runner.run(killer, [RunCase('{"n": 1}')])[0].failure is None


def hostile_values() -> dict[str, Any]:
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    return {
        "an object": object(),
        "a function": len,
        "bytes": b"x",
        "a subclass of str": type("Text", (str,), {})("x"),
        "a subclass of dict": type("Table", (dict,), {})(),
        "a nest": deep,
        "too much": [0] * 1_000_001,
        "an object as a key": {object(): 1},
        "a complex number": 1j,
    }


@pytest.mark.parametrize("value", hostile_values().values(), ids=hostile_values())
def test_tools_take_and_give_plain_data_only(value: object) -> None:
    assert not is_plain(value)
    tools = HostTools({"echo": lambda value: value, "give": lambda: value})
    tools.begin(2)
    with pytest.raises(TypeError):
        tools.call("echo", [[value], {}])
    with pytest.raises(TypeError):
        tools.call("give", [[], {}])


@pytest.mark.parametrize(
    "call",
    ["_call_tool_('echo', [[len], {}])", "_call_tool_('nothing', [[], {}])", "_call_tool_('echo', 1)",
     "_call_tool_(1, [[], {}])", "_call_tool_()", "_call_tool_('echo', [[1, 2, 3], {'x': 1}])"],
)  # fmt: skip
def test_a_forged_call_of_a_tool_fails_its_clause_and_harms_nothing(call: str) -> None:
    with session({"echo": lambda value: value}) as run:
        ((_clause, outcome, code, _message),) = run(forged(f"return {call}"))
        assert (outcome, code) == ("error", "program_error")
        assert run(forged("return None")) == []


def test_calls_of_tools_are_counted_by_the_host_as_well() -> None:
    body = (
        "for n in range(60):\n    try:\n        _call_tool_('echo', [[n], {}])\n    except Exception:\n        pass\n"
    )
    with session({"echo": lambda value: value}, MontyLimits(tool_calls=50)) as run, pytest.raises(Ended) as caught:
        run(forged(body + "return None"))
    assert caught.value.failure.code == "budget"


def test_an_event_with_half_a_character_is_refused() -> None:
    with MontyRunner(tools=functions()) as runner:
        program = Program.of(runner.inspect(clause("return None")), toolbox_version=TOOLBOX_VERSION)
        (result,) = runner.run(program, [RunCase('{"a": "\\ud800"}')])
        assert result.failure is not None
        assert result.failure.code == "invalid_event"
