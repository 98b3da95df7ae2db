"""A compile that was cut short goes on where it stopped, and repeats at most the node in which it stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from guardagent.errors import CompileError, EndpointError
from guardagent.ports import Brief
from guardagent.translation.graph import PlainJson
from guardagent.types import Draft, Example, Plan
from tests.translation.killed import note
from tests.translation.parts import EXAMPLES, STRICT, Steady, request, translator

NODES = ["segment", "retrieve", "plan", "plan", "propose_examples", "code", "vet", "repair", "vet", "report"]
ROOT = Path(__file__).parents[2]


STARTS = range(1, 2 * len(NODES), 2)
ENDS = range(2, 2 * len(NODES) + 1, 2)


def killed_at(signs: range, folder: Path) -> Path:
    """A folder with the remains of compiles that were killed at these signs of progress."""
    command = [sys.executable, "-m", "tests.translation.killed", str(folder), *map(str, signs)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=120)
    return folder


@pytest.fixture(scope="module")
def killed_at_starts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return killed_at(STARTS, tmp_path_factory.mktemp("starts"))


@pytest.fixture(scope="module")
def killed_at_ends(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return killed_at(ENDS, tmp_path_factory.mktemp("ends"))


@pytest.fixture(scope="module")
def whole() -> Draft:
    """The draft of a compile that nothing interrupts."""
    return compiled(Steady())


def compiled(reasoner: Steady, checkpoint: Path | None = None) -> Draft:
    return asyncio.run(translator(reasoner, checkpoint=checkpoint).compile(request(*EXAMPLES)))


def rows(checkpoint: Path) -> list[tuple[str, bytes]]:
    with sqlite3.connect(checkpoint) as db:
        found = db.execute(
            "SELECT type, checkpoint FROM checkpoints UNION ALL SELECT type, value FROM writes"
        ).fetchall()
    db.close()
    return found


def check_resumes(folder: Path, sign: int, whole: Draft) -> None:
    before = (folder / "nodes").read_text().split()
    assert before == NODES[: (sign + 1) // 2]
    made = translator(Steady(), checkpoint=folder / "checkpoint.db")
    draft = asyncio.run(made.compile(request(*EXAMPLES), progress=lambda progress: note(folder, progress)))
    after = (folder / "nodes").read_text().split()[len(before) :]
    assert before[:-1] + after == NODES, "only the node that was killed runs again"
    assert draft == whole


def test_a_compile_killed_while_it_codes_goes_on_there(tmp_path: Path, whole: Draft) -> None:
    sign = STARTS[NODES.index("code")]
    check_resumes(killed_at(range(sign, sign + 1), tmp_path) / str(sign), sign, whole)


@pytest.mark.slow
@pytest.mark.parametrize("sign", STARTS, ids=NODES)
def test_a_compile_killed_where_a_node_starts_goes_on_there(killed_at_starts: Path, whole: Draft, sign: int) -> None:
    check_resumes(killed_at_starts / str(sign), sign, whole)


@pytest.mark.slow
@pytest.mark.parametrize("sign", ENDS, ids=NODES)
def test_a_compile_killed_before_a_node_is_saved_repeats_that_node(
    killed_at_ends: Path, whole: Draft, sign: int
) -> None:
    check_resumes(killed_at_ends / str(sign), sign, whole)


def test_a_checkpoint_is_plain_json_and_no_object(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.db"
    with pytest.raises(EndpointError):
        compiled(Steady(breaks_at="repair"), checkpoint)
    found = rows(checkpoint)
    assert {kind for kind, _ in found} == {"json"}
    assert Counter(type(json.loads(text)) for _, text in found)[dict] > 0


@pytest.mark.parametrize("step", ["plan", "examples", "code", "repair"])
def test_an_unreachable_model_is_one_error_and_the_next_compile_goes_on(
    tmp_path: Path, whole: Draft, step: str
) -> None:
    checkpoint = tmp_path / "deep" / "down" / "checkpoint.db"
    first = Steady(breaks_at=step)
    with pytest.raises(EndpointError, match=r"^endpoint `http://127\.0\.0\.1:9`: refused the connection$"):
        compiled(first, checkpoint)
    second = Steady()
    draft = compiled(second, checkpoint)
    assert draft == whole
    assert first.asked + second.asked == ["plan", "plan", "examples", "code", "repair"]


def test_a_compile_that_is_cancelled_goes_on_the_next_time(tmp_path: Path, whole: Draft) -> None:
    checkpoint = tmp_path / "checkpoint.db"

    class Stuck(Steady):
        async def examples(self, brief: Brief, plan: Plan) -> tuple[Example, ...]:
            asked.set()
            await asyncio.sleep(60)
            return ()

    async def cancel() -> None:
        running = asyncio.create_task(translator(Stuck(), checkpoint=checkpoint).compile(request(*EXAMPLES)))
        await asked.wait()
        running.cancel()
        await running

    asked = asyncio.Event()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    reasoner = Steady()
    assert compiled(reasoner, checkpoint) == whole
    assert reasoner.asked == ["examples", "code", "repair"]


def test_an_object_or_a_number_that_is_none_cannot_enter_a_checkpoint() -> None:
    for value in (request(), {"deep": [request()]}, float("nan")):
        with pytest.raises((TypeError, ValueError)):
            PlainJson().dumps_typed(value)


def test_text_with_half_a_character_survives_a_checkpoint() -> None:
    state = {"text": "half \ud800 and 🙂"}
    assert PlainJson().loads_typed(PlainJson().dumps_typed(state)) == state


def test_a_finished_compile_starts_afresh_and_leaves_nothing_behind(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.db"
    drafts = []
    for _ in range(2):
        reasoner = Steady()
        drafts.append(compiled(reasoner, checkpoint))
        assert reasoner.asked == ["plan", "plan", "examples", "code", "repair"]
        assert rows(checkpoint) == []
    assert drafts[0] == drafts[1]


def test_another_request_reasoner_or_toolbox_does_not_go_on_with_this_one(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.db"
    with pytest.raises(EndpointError):
        compiled(Steady(breaks_at="repair"), checkpoint)
    named = Steady()
    named.name = "other"
    changed = request(*EXAMPLES[:2])
    for reasoner, asked, version in ((Steady(), changed, "test-1"), (named, request(*EXAMPLES), "test-1"),
                                     (Steady(), request(*EXAMPLES), "test-2")):  # fmt: skip
        asyncio.run(translator(reasoner, checkpoint=checkpoint, toolbox_version=version).compile(asked))
        assert reasoner.asked[0] == "plan"
    last = Steady()
    compiled(last, checkpoint)
    assert last.asked == ["repair"]


def test_two_policies_share_one_checkpoint_file_at_the_same_time(tmp_path: Path) -> None:
    made = translator(Steady(), checkpoint=tmp_path / "checkpoint.db")

    async def both() -> list[Draft]:
        return await asyncio.gather(*(made.compile(request(*EXAMPLES, on_error=e)) for e in ("deny", "escalate")))

    drafts = asyncio.run(both())
    assert [draft.report.publishable for draft in drafts] == [True, True]


def test_a_file_that_is_no_checkpoint_is_one_clear_error_and_stays_as_it_is(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.db"
    checkpoint.write_text(STRICT * 40)
    with pytest.raises(CompileError, match=r"checkpoint `.*checkpoint\.db`: cannot be used \(file is not a database\)"):
        compiled(Steady(), checkpoint)
    assert checkpoint.read_text() == STRICT * 40


def test_a_checkpoint_below_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CompileError, match="its folder cannot be made"):
        compiled(Steady(), tmp_path / "file" / "checkpoint.db")


def test_a_checkpoint_of_another_kind_is_not_read(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.db"
    with pytest.raises(EndpointError):
        compiled(Steady(breaks_at="repair"), checkpoint)
    with sqlite3.connect(checkpoint) as db:
        db.execute("UPDATE checkpoints SET type = 'msgpack', checkpoint = x'80'")
    db.close()
    with pytest.raises(CompileError, match="it holds `msgpack` and not plain JSON"):
        compiled(Steady(), checkpoint)
