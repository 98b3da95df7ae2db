"""A worker that was taken over may send at any time; only what comes after its question, and fits it, is an answer."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import cast

import pytest

from guardagent_toolbox.sandbox.endings import Ended, Undelivered
from guardagent_toolbox.sandbox.handle import WorkerHandle
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.numbers import unforeseen_numbers
from guardagent_toolbox.sandbox.spawner import Spawner
from guardagent_toolbox.sandbox.wire import MAX_MESSAGE, Progress, channel_pair
from tests.support.sandboxes import EVENT, PASS, body, code_of, plain_program, plain_sandbox, run_code

SOURCE = "a program"
CASE = b"{}\n{}"


class Puppet:
    """The spawner of one worker, whose part the test plays."""

    lost = False

    def __init__(self) -> None:
        self._ours, self.channel = channel_pair()
        self.channel.settimeout(5)
        self.progress = Progress.create()[0]

    def fork(self) -> tuple[int, socket.socket, Progress]:
        return 1, self._ours, self.progress

    def end(self, _worker: int) -> None:
        self.channel.close()

    def asked(self) -> int:
        """The number of the next message of the host."""
        return int(self.channel.recv(MAX_MESSAGE).split()[1])

    def say(self, text: str) -> None:
        self.channel.send(text.encode())

    def load(self) -> None:
        self.say(f'[{self.asked()},["c1"]]')


@pytest.fixture
def puppet() -> Iterator[Puppet]:
    puppet = Puppet()
    with closing(puppet.channel):
        yield puppet


@pytest.fixture
def worker(puppet: Puppet) -> Iterator[WorkerHandle]:
    """A worker that has loaded SOURCE."""
    worker = WorkerHandle(cast(Spawner, puppet), Limits(same_core=False))
    with closing(worker), ThreadPoolExecutor(1) as pool:
        loading = pool.submit(puppet.load)
        assert worker.load(SOURCE) == ("c1",)
        loading.result()
        yield worker


def test_numbers_cannot_be_foreseen() -> None:
    numbers = list(islice(unforeseen_numbers(), 2_000))
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= number < 1 << 48 for number in numbers)
    # Each bit is set about as often as not, also within one draw and from one draw to the next.
    assert all(800 < sum(number >> bit & 1 for number in numbers) < 1_200 for bit in range(48))


def test_each_question_has_a_number_of_its_own(worker: WorkerHandle, puppet: Puppet) -> None:
    numbers = []
    for _ in range(20):
        worker.send_events(SOURCE, CASE, 1)
        numbers.append(puppet.asked())
        puppet.say(f"[{numbers[-1]},[]]")
        assert list(worker.receive_answers()) == [([], 1)]
    assert not any(abs(one - other) < 100 for one in numbers for other in numbers if one is not other)


def test_worker_that_answers_is_silent_until_it_is_asked_again(worker: WorkerHandle, puppet: Puppet) -> None:
    worker.require_silence()
    worker.send_events(SOURCE, CASE, 1)
    puppet.say(f"[{puppet.asked()},[]]")
    assert list(worker.receive_answers()) == [([], 1)]
    assert worker.is_silent
    worker.require_silence()


def test_worker_that_speaks_unasked_is_ended_before_it_gets_the_next_event(
    worker: WorkerHandle, puppet: Puppet
) -> None:
    puppet.say("[1,[]]")
    assert not worker.is_silent
    with pytest.raises(Ended) as ended:
        worker.require_silence()
    assert ended.value.failure.code == "bad_reply"
    assert ended.value.blame


def test_worker_that_hung_up_did_not_speak(worker: WorkerHandle, puppet: Puppet) -> None:
    puppet.channel.close()
    assert not worker.is_silent
    worker.require_silence()


@pytest.mark.parametrize("ahead", range(-1, 3))
def test_answer_by_the_number_of_the_last_question_is_refused(worker: WorkerHandle, puppet: Puppet, ahead: int) -> None:
    worker.send_events(SOURCE, CASE, 1)
    last = puppet.asked()
    puppet.say(f"[{last},[]]")
    assert list(worker.receive_answers()) == [([], 1)]
    worker.send_events(SOURCE, CASE, 1)
    puppet.say(f"[{last + ahead},[]]")
    with pytest.raises(Ended) as ended:
        list(worker.receive_answers())
    assert ended.value.failure.code == "bad_reply"


@pytest.mark.parametrize("said", [0, 1, 1 << 63, (1 << 64) - 1])
def test_page_that_names_no_event_of_the_message_names_the_first(
    worker: WorkerHandle, puppet: Puppet, said: int
) -> None:
    worker.send_events(SOURCE, b"\n".join([CASE] * 5), 5)
    puppet.progress.cells[0] = said
    puppet.channel.close()
    with pytest.raises(Ended) as ended:
        list(worker.receive_answers())
    # Else the event that ended the worker would count as done, and run again elsewhere.
    assert ended.value.completed == 0


def test_page_tells_which_events_were_done(worker: WorkerHandle, puppet: Puppet) -> None:
    worker.send_events(SOURCE, b"\n".join([CASE] * 5), 5)
    puppet.progress.cells[0] = puppet.asked() + 3
    puppet.channel.close()
    with pytest.raises(Ended) as ended:
        list(worker.receive_answers())
    assert ended.value.completed == 3


def test_answer_to_a_check_that_was_interrupted_is_never_read(worker: WorkerHandle, puppet: Puppet) -> None:
    def interrupt(*_signal: object) -> None:
        raise KeyboardInterrupt

    worker.send_events(SOURCE, CASE, 1)
    usual = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(KeyboardInterrupt):
            list(worker.receive_answers())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
    assert puppet.channel.fileno() == -1
    with pytest.raises(Undelivered):
        worker.send_events(SOURCE, CASE, 1)


# It answers its event, and then once more.
TWICE = body("send_numbered('[+0,[]]')", "return []")
COMPILED = "INSPECTION = {'errors': [[7, 'it was compiled']]}\n"


def test_event_after_one_that_was_answered_twice_is_denied_and_the_next_is_not() -> None:
    with plain_sandbox() as sandbox:
        assert run_code(sandbox, TWICE) == "passed"
        before = sandbox.worker_pid()
        assert run_code(sandbox, plain_program(PASS)) == "bad_reply"
        assert run_code(sandbox, plain_program(PASS)) == "passed"
        assert sandbox.worker_pid() != before
        assert sandbox.counters().failures["bad_reply"] == 1


def test_source_after_an_unasked_message_is_not_compiled_by_that_worker() -> None:
    with plain_sandbox() as sandbox:
        assert run_code(sandbox, TWICE) == "passed"
        assert [sandbox.inspect(COMPILED).errors[0].line for _ in range(2)] == [1, 7]


def test_coroutine_is_denied_what_a_worker_that_spoke_unasked_would_answer() -> None:
    async def codes() -> list[str]:
        return [code_of(*await sandbox.arun(plain_program(PASS), [EVENT])) for _ in range(2)]

    with plain_sandbox() as sandbox:
        assert run_code(sandbox, plain_program(PASS)) == "passed"
        assert run_code(sandbox, TWICE) == "passed"
        assert asyncio.run(codes()) == ["bad_reply", "passed"]
