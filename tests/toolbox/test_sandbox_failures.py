"""Whatever goes wrong in a worker is a failure with its own code, and the next check works."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from guardagent.ports import RunCase
from guardagent.types import Program
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.limits import Limits
from tests.support.sandboxes import EVENT, PASS, body, code_of, plain_program, plain_sandbox, run_code

OK = plain_program(PASS)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with plain_sandbox(
        Limits(cpu_ms=250, wall_ms=1_000, compile_cpu_ms=300, compile_wall_ms=1_500, kills=1_000)
    ) as sandbox:
        yield sandbox


def sends(message: str) -> Program:
    """A compromised worker that answers with a message of its own."""
    return body(f"send({message})", "return []")


ENDINGS = {
    "a loop": (body("while True: pass"), "timeout"),
    "a loop that swallows every exception": (
        body("while True:", "    try:", "        while True: pass", "    except BaseException: pass"),
        "timeout",
    ),
    "a long computation in C": (body("return 7 ** 9 ** 7"), "timeout"),
    "a wait for a message that never comes": (body("wait()"), "timeout"),
    "a memory bomb": (body("return len(bytearray(1 << 30))"), "memory"),
    "a growing list": (body("x = [0]", "while True: x += x"), "memory"),
    "a text as long as the answer may be": (body("return 'x' * 70_000"), "bad_answer"),
    "endless recursion": (body("f = lambda: f()", "return f()"), "budget"),
    "an exception": (body("return event['no such key']"), "program_error"),
    "an answer that is not JSON": (body("return [object()]"), "program_error"),
    "an answer that is not finite": (body("return [float('nan')]"), "bad_reply"),
    "an answer within itself": (body("x = []", "x.append(x)", "return x"), "budget"),
    "a quiet end": (body("os._exit(0)"), "crash"),
    "an end with an exit code": (body("os._exit(7)"), "crash"),
    "SystemExit": (body("raise SystemExit(0)"), "crash"),
    "KeyboardInterrupt": (body("raise KeyboardInterrupt"), "crash"),
    "abort": (body("os.abort()"), "crash"),
    "a segmentation fault": (body("ctypes.string_at(0)"), "crash"),
    "a system call": (body("os.getppid()"), "escape_attempt"),
    "a file": (body("open('/etc/passwd')"), "escape_attempt"),
    "a child": (body("os.fork()"), "escape_attempt"),
    "a signal to its parent": (body("os.kill(1, 0)"), "escape_attempt"),
    "the number of another message": (sends("b'[999999,[]]'"), "bad_reply"),
    "bytes that are not text": (sends("b'\\xff\\xfe'"), "bad_reply"),
    "text that is not JSON": (sends("b'allow'"), "bad_reply"),
    "an empty array": (sends("b'[]'"), "bad_reply"),
    "a reply flood": (sends("b'[1,' + b'[' * 100_000"), "bad_reply"),
    "a message longer than any": (sends("b' ' * 270_000"), "bad_reply"),
    "rows that are not rows": (body("return [{'clause': 'c1'}]"), "bad_reply"),
    "a pass for more events than there are": (sends("b'[1,2,[]]'"), "bad_reply"),
    "an unknown clause": (body("return [['c9', 'not_applicable', 'deny', '', None, [], []]]"), "bad_reply"),
    "a pass that nobody asked for": (body("return [['c1', 'pass', 'deny', '', None, [], []]]"), "bad_reply"),
    "an unknown effect": (body("return [['c1', 'allow', 'deny', '', None, [], []]]"), "bad_reply"),
    "a code that only the host gives": (body("return [['c1', 'error', 'quarantined', '']]"), "bad_reply"),
    "half a character": (
        body("return [['c1', 'violation', 'deny', 'm', json.loads('\"\\\\ud800\"'), [], []]]"),
        "program_error",
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ending_is_a_failure_and_the_next_check_works(sandbox: Sandbox, ending: str) -> None:
    program, code = ENDINGS[ending]
    started = time.monotonic()
    results = sandbox.run(program, [EVENT])
    assert [code_of(result) for result in results] == [code]
    assert results[0].answers == ()
    assert time.monotonic() - started < 3
    assert run_code(sandbox, OK) == "passed"


@pytest.mark.parametrize(
    "event", ["", "{", "[]", "null", '{"a": 1} {"b": 2}', '{"a": 1}\n{"b": 2}', "\ud800", "[" * 60_000, "{}\n{}\n{}"]
)
def test_malformed_event_is_invalid_and_harms_nothing(sandbox: Sandbox, event: str) -> None:
    results = sandbox.run(OK, [EVENT, RunCase(event), EVENT])
    assert [code_of(result) for result in results] == ["passed", "invalid_event", "passed"]


def test_event_with_facts_beyond_any_size_is_invalid(sandbox: Sandbox) -> None:
    assert run_code(sandbox, OK, RunCase("{}", json.dumps({"x": "x" * 200_000}))) == "invalid_event"


def test_largest_events_fit_and_are_split_over_messages(sandbox: Sandbox) -> None:
    largest = RunCase(json.dumps({"n": 1, "text": "é" * 30_000}, ensure_ascii=False), json.dumps({"f": "x" * 60_000}))
    program = body("return [['c1', 'violation', 'deny', str(len(event['text']) + len(facts['f'])), None, [], []]]")
    results = sandbox.run(program, [largest] * 5)
    assert [result.answers[0].message for result in results] == ["90000"] * 5


def test_only_the_event_in_flight_fails(sandbox: Sandbox) -> None:
    program = body("if event['n'] == 70: os._exit(1)", "return []")
    results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(150)])
    codes = [code_of(result) for result in results]
    assert codes[70] == "crash"
    assert set(codes[:70] + codes[71:]) == {"passed"}


def test_every_event_of_a_batch_gets_its_own_answer(sandbox: Sandbox) -> None:
    program = body(
        "if event['n'] % 7 == 3: return [['c1', 'violation', 'deny', str(event['n']), None, [], []]]",
        "if event['n'] % 11 == 5: raise ValueError",
        "return []",
    )
    results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(150)])
    for n, result in enumerate(results):
        code = "answered" if n % 7 == 3 else "program_error" if n % 11 == 5 else "passed"
        assert (code_of(result), n) == (code, n)
        assert code != "answered" or result.answers[0].message == str(n)


@pytest.mark.parametrize("early", ["[+0,+2,[]]", "[+0,[]]\\n[+1,+2,[]]", "[+0,+1,[]]\\n[+2,[]]"])
def test_true_answers_after_early_ones_are_refused(early: str) -> None:
    """A compromised worker passes all its events at the first one; what it says then belongs to no event."""
    program = body(f"if event['n'] == 0: send_numbered('{early}')", "return []")
    with plain_sandbox() as sandbox:
        results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(3)])
        assert [code_of(result) for result in results] == ["passed"] * 3
        assert [run_code(sandbox, OK) for _ in range(2)] == ["bad_reply", "passed"]


@pytest.mark.parametrize("early", ["[+0,+2,[]]\\n[+3,[]]", "[+0,+2,[]]\\n[+3,+4,[]]", "[+0,+2,[]]\\n[+2,[]]"])
def test_answer_too_many_fails_the_last_event(early: str) -> None:
    program = body(f"if event['n'] == 0: send_numbered('{early}')", "return []")
    with plain_sandbox() as sandbox:
        results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(3)])
        assert [code_of(result) for result in results] == ["passed", "passed", "bad_reply"]
        assert run_code(sandbox, OK) == "passed"


def test_long_answers_come_in_several_messages(sandbox: Sandbox) -> None:
    program = body("return [['c1', 'violation', 'deny', str(event['n']), ['x' * 1000] * 30, [], []]]")
    results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(64)])
    assert [result.answers[0].message for result in results] == [str(n) for n in range(64)]


def test_slow_batch_has_a_deadline_per_event() -> None:
    program = body("end = time.monotonic() + event['s']", "while time.monotonic() < end: pass", "return []")
    with plain_sandbox(Limits(wall_ms=250, cpu_ms=5_000, compile_wall_ms=5_000)) as sandbox:
        slow, hanging = (RunCase(json.dumps({"s": seconds})) for seconds in (0.06, 60))
        results = sandbox.run(program, [*[slow] * 9, hanging, slow])
    assert [code_of(result) for result in results] == [*["passed"] * 9, "timeout", "passed"]


@pytest.mark.parametrize("lie", ["0", "10 ** 18", "2 ** 64 - 1"])
def test_worker_that_lies_about_the_event_in_flight_fails_all_the_same(lie: str) -> None:
    program = body(
        f"[o for o in gc.get_objects() if type(o).__name__ == 'Progress'][0].cells.__setitem__(0, {lie})",
        "if event['n'] == 2: os._exit(1)",
        "return []",
    )
    with plain_sandbox(Limits(kills=3, wall_ms=5_000, cpu_ms=5_000)) as sandbox:
        results = sandbox.run(program, [RunCase(json.dumps({"n": n})) for n in range(6)])
        codes = [code_of(result) for result in results]
        assert codes[2] in ("crash", "quarantined")
        assert set(codes) <= {"passed", "crash", "quarantined"}
        assert run_code(sandbox, OK) == "passed"


def test_event_that_kills_is_run_once() -> None:
    """A second worker that met it would end, too, and two kills would quarantine the program."""
    program = body("if event['output'] == 'hello': os._exit(1)", "return []")
    with plain_sandbox(Limits(kills=2, wall_ms=5_000)) as sandbox:
        assert run_code(sandbox, program) == "crash"
        assert run_code(sandbox, program, RunCase('{"output": "other"}')) == "passed"


def test_program_that_does_not_compile_is_rejected(sandbox: Sandbox) -> None:
    assert run_code(sandbox, plain_program("def (")) == "program_error"
    assert run_code(sandbox, plain_program("while True: pass")) == "timeout"
    assert run_code(sandbox, plain_program("os._exit(1)")) == "crash"
    assert run_code(sandbox, OK) == "passed"


def test_program_with_a_forged_digest_or_clauses_is_rejected(sandbox: Sandbox) -> None:
    assert run_code(sandbox, OK.model_copy(update={"digest": "0" * 64})) == "rejected_program"
    assert run_code(sandbox, OK.model_copy(update={"clauses": ("c1", "c2")})) == "rejected_program"
    assert run_code(sandbox, OK.model_copy(update={"source": PASS + "\n"})) == "rejected_program"


@pytest.mark.parametrize(
    "source",
    ["while True: pass", "os._exit(0)", "open('/etc/passwd')", "INSPECTION = 1", "INSPECTION = {'errors': []}",
     "INSPECTION = {'source': 1, 'clauses': [], 'helpers': [], 'tools': [], 'facts': {}}", "x" * 200_000, "\ud800"],
)  # fmt: skip
def test_source_that_breaks_the_compiler_is_rejected_with_a_line(sandbox: Sandbox, source: str) -> None:
    (error,) = sandbox.inspect(source).errors
    assert error.line == 1
    assert "\n" not in error.message


@pytest.mark.parametrize("limits", [{"cpu_ms": 0}, {"wall_ms": -1}, {"recycle_after": 0}, {"reply_bytes": 200_000}])
def test_limits_that_no_worker_could_keep_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(limits))):
        Limits(**limits)  # type: ignore[arg-type]
