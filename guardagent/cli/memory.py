"""`guardagent memory`: the demonstrations that planner and coder are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardagent.cli.options import UnsafeOption
from guardagent.cli.output import JSON_HELP, add_row, console, say, say_json, table
from guardagent.cli.output import show as show_table
from guardagent.errors import MemoryStoreError

if TYPE_CHECKING:
    from guardagent.types import Demonstration
    from guardagent_memory.store import SqliteDemonstrations

app = typer.Typer(no_args_is_help=True, help="Demonstrations: translated requests that are shown to planner and coder.")

MemoryOption = Annotated[
    Path | None, typer.Option("--memory", metavar="PATH", help="The memory file; default: the configured one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

_COLUMNS = ("id", "domain", "origin", "title")


@app.command("list")
def list_all(memory: MemoryOption = None, as_json: JsonOption = False) -> None:
    """Lists all demonstrations."""
    found = _open(memory).list()
    if as_json:
        say_json([one.model_dump(mode="json", include=set(_COLUMNS)) for one in found])
    else:
        _say_table(_COLUMNS, ([one.id, one.domain, one.origin, one.title] for one in found))


@app.command()
def show(demonstration_id: Annotated[str, typer.Argument(metavar="ID")], memory: MemoryOption = None) -> None:
    """Prints one demonstration as JSON."""
    found = _open(memory).get(demonstration_id)
    if found is None:
        raise _unknown(demonstration_id)
    say_json(found.model_dump(mode="json"))


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One demonstration in YAML, or a .jsonl file of many.")],
    memory: MemoryOption = None,
    unsafe: UnsafeOption = None,
) -> None:
    """Adds what FILE holds; what the compiler does not accept is refused."""
    from guardagent_memory import demofile

    if file.suffix == ".jsonl":
        given: Sequence[Demonstration] = _read_jsonl(str(file))
    else:
        given = [demofile.parse(_text(file), name=str(file)).demonstration]
    _store(given, memory, name=str(file), unsafe=unsafe)


@app.command()
def remove(demonstration_id: Annotated[str, typer.Argument(metavar="ID")], memory: MemoryOption = None) -> None:
    """Removes one demonstration. `rebuild --shipped` brings removed shipped ones back."""
    if not _open(memory).remove(demonstration_id):
        raise _unknown(demonstration_id)
    say(f"removed `{demonstration_id}`")


@app.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A guard request, or some words of one.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many at most.")] = 4,
    specification: Annotated[str, typer.Option(help="What the guarded agent is.")] = "",
    memory: MemoryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Finds the demonstrations that a compile of TEXT would be shown."""
    found = _open(memory).search(text, specification, k=k)
    if as_json:
        shown = [(one.score, one.demonstration) for one in found]
        say_json([{"score": score, "id": one.id, "domain": one.domain, "title": one.title} for score, one in shown])
    else:
        rows = ([f"{r.score:.3f}", r.demonstration.id, r.demonstration.domain, r.demonstration.title] for r in found)
        _say_table(("score", "id", "domain", "title"), rows)


@app.command()
def rebuild(
    shipped: Annotated[bool, typer.Option("--shipped", help="Bring removed shipped demonstrations back, too.")] = False,
    memory: MemoryOption = None,
) -> None:
    """Builds the search index anew from the rows."""
    store = _open(memory)
    if shipped:
        store.restore_shipped()
    say(f"{store.rebuild()} demonstrations indexed")


@app.command("export")
def export_all(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to; `-` is the standard output.")],
    shipped: Annotated[bool, typer.Option("--shipped", help="The shipped ones, too.")] = False,
    memory: MemoryOption = None,
) -> None:
    """Writes your demonstrations as JSONL."""
    from guardagent_memory import jsonl

    found = [one for one in _open(memory).list() if shipped or one.origin != "shipped"]
    text = jsonl.dump(found)
    if file == "-":
        sys.stdout.write(text)
    else:
        _write_whole(Path(file), text)
    console(stderr=True).print(f"{len(found)} demonstrations written")


@app.command("import")
def import_all(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSONL; `-` is the standard input.")],
    memory: MemoryOption = None,
    unsafe: UnsafeOption = None,
) -> None:
    """Adds the demonstrations of a JSONL file: all of them, or none if one is wrong."""
    _store(_read_jsonl(file), memory, name=file, unsafe=unsafe)


def _open(memory: Path | None) -> SqliteDemonstrations:
    from guardagent.settings import load_settings
    from guardagent.wiring import build_embedder
    from guardagent_memory.store import SqliteDemonstrations

    settings = load_settings(memory_path=memory)
    return SqliteDemonstrations(settings.memory_path, build_embedder(settings))


def _store(given: Sequence[Demonstration], memory: Path | None, *, name: str, unsafe: bool | None) -> None:
    """Adds those that differ from what is there, after the compiler has read all of them."""
    from guardagent_memory.store import as_own

    store = _open(memory)
    present = {one.id: one for one in store.list()}
    new = [one for one in given if not _same(one, present.get(one.id))]
    if new:
        _refuse_bad_ones(new, name, unsafe)
        store.add_all(as_own(one) for one in new)
    say(f"{len(new)} added, {len(given) - len(new)} unchanged")


def _refuse_bad_ones(new: Iterable[Demonstration], name: str, unsafe: bool | None) -> None:
    from guardagent.settings import load_settings
    from guardagent.wiring import build_runner
    from guardagent_memory.accept import problems_of

    with closing(build_runner(load_settings(unsafe_no_os_sandbox=unsafe))) as runner:
        for one in new:
            problems = problems_of(one, runner.inspect)
            if problems:
                raise MemoryStoreError(f"`{name}`: demonstration `{one.id}`: {problems[0]}; nothing was added")


def _same(one: Demonstration, other: Demonstration | None) -> bool:
    # Whatever its origin: exporting everything and reading it back must not turn shipped rows into one's own.
    return other is not None and one.model_dump(exclude={"origin"}) == other.model_dump(exclude={"origin"})


def _read_jsonl(file: str) -> tuple[Demonstration, ...]:
    from guardagent_memory import jsonl

    if file == "-":
        return jsonl.parse(sys.stdin.buffer.read(), name="standard input")
    return jsonl.parse(_bytes(Path(file)), name=file)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MemoryStoreError(f"`{file}`: cannot be read ({error.strerror}); check the path") from error


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8")
    except UnicodeDecodeError:
        raise MemoryStoreError(f"`{file}`: not UTF-8 text") from None


def _write_whole(file: Path, text: str) -> None:
    """Replaces the file in one step, so that a full disk never leaves half an export."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, "utf-8")
        os.replace(temporary, file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MemoryStoreError(f"`{file}`: cannot be written ({error.strerror}); check the path") from error


def _unknown(demonstration_id: str) -> MemoryStoreError:
    return MemoryStoreError(f"no demonstration `{demonstration_id}`; `guardagent memory list` shows all")


def _say_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    made = table(*columns)
    for row in rows:
        add_row(made, row)
    show_table(made)
