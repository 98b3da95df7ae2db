"""The kernel stops what the language would not, and the sandbox refuses to work without it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import guardagent_toolbox.sandbox.probes as probes
from guardagent.errors import SandboxError
from guardagent_toolbox.sandbox import Sandbox
from guardagent_toolbox.sandbox.confine import NOBODY, Layers
from guardagent_toolbox.sandbox.limits import Limits
from guardagent_toolbox.sandbox.selftest import SelfTest, self_test
from tests.support.sandboxes import EVENT, PASS, PATIENT, body, plain_program, plain_sandbox, run_code

SUPPORT = Path(__file__).parents[1] / "support"
LANDLOCK, SECCOMP = 444, 317 if os.uname().machine == "x86_64" else 277


@pytest.fixture(scope="module")
def found() -> SelfTest:
    return self_test(PATIENT)


def test_every_layer_holds_here(found: SelfTest) -> None:
    assert found.problem == ""
    assert found.layers.missing == ()
    assert found.layers.landlock_abi >= 1
    assert found.layers.uid == (NOBODY if os.geteuid() == 0 else os.geteuid())


@pytest.mark.parametrize("name", probes.PROBES)
def test_assumed_escape_is_stopped(found: SelfTest, name: str) -> None:
    (outcome,) = [p for p in found.probes if p.name == name]
    assert outcome.stopped, outcome.outcome
    assert found.confined


def test_no_descriptor_of_a_busy_host_reaches_a_worker() -> None:
    """The zygote's socket then has a high number, beyond what is closed one by one."""
    with contextlib.ExitStack() as many:
        for _ in range(300):
            many.enter_context(open(os.devnull))
        (outcome,) = [p for p in self_test(PATIENT).probes if p.name == "inherited descriptors"]
    assert outcome.stopped, outcome.outcome


_BARE = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.toolbox.test_sandbox_confinement import attempts_that_work
print("\\n".join(attempts_that_work()))
"""

# An unconfined process may be refused these, too: by the kernel's settings, or for want of root.
_NOT_EVERYWHERE = {
    "io_uring",
    "bpf",
    "new user namespace",
    "x32 system call",
    "1 GiB of memory",
    "TCP socket",
    "map a descriptor",
    "signal another process",
}
# What they try would end or endanger the process that runs them.
_NOT_HERE = {"exec", "ptrace"}


def attempts_that_work() -> list[str]:
    """The names of the probes that get something in this process, which nothing confines."""
    working = []
    for name in probes.PROBES:
        if name in _NOT_HERE | _NOT_EVERYWHERE:
            continue
        try:
            probes.attempt(name, parent=os.getppid())
        except (OSError, probes.Stopped):
            continue
        working.append(name)
    return working


def test_probes_work_where_nothing_confines_them(request: pytest.FixtureRequest) -> None:
    """Else the self-test would show nothing."""
    root = str(request.config.rootpath)
    bare = subprocess.run(
        [sys.executable, "-c", _BARE, root],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "CANARY": "1"},
    )
    assert set(bare.stdout.split("\n")) - {""} == set(probes.PROBES) - _NOT_HERE - _NOT_EVERYWHERE


_CHECKED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tests.toolbox.test_sandbox_confinement import report
print(json.dumps(report()))
"""


def report() -> dict[str, object]:
    """How the sandbox does in this process."""
    try:
        with plain_sandbox() as sandbox:
            code = run_code(sandbox, plain_program(PASS))
            return {
                "uid": os.geteuid(),
                "confinement": sandbox.confinement,
                "code": code,
                "self_test": self_test().confined,
            }
    except SandboxError as error:
        with Sandbox(PATIENT, unsafe_no_os_sandbox=True) as sandbox:
            loop = run_code(sandbox, body("return 1"))
            missing = sandbox.layers.missing
            confined = self_test().confined
            return {
                "error": str(error),
                "confinement": sandbox.confinement,
                "missing": missing,
                "code": loop,
                "self_test": confined,
            }


def _report_of(launcher: list[str], root: Path) -> dict[str, object]:
    command = [*launcher, sys.executable, "-c", _CHECKED, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize(("number", "layer"), [(LANDLOCK, "Landlock"), (SECCOMP, "seccomp")])
def test_machine_without_a_layer_is_refused_unless_the_risk_is_accepted(
    request: pytest.FixtureRequest, number: int, layer: str
) -> None:
    launcher = [sys.executable, str(SUPPORT / "deny_system_call.py"), str(number)]
    result = _report_of(launcher, request.config.rootpath)
    error = str(result["error"])
    assert f"no {layer};" in error
    assert "unsafe_no_os_sandbox" in error
    assert "\n" not in error
    assert result["missing"] == [layer]
    assert result["confinement"] == "language"
    assert result["code"] == "rejected_program"
    assert result["self_test"] is False


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests already run as an ordinary user")
def test_ordinary_user_gets_the_same_sandbox(request: pytest.FixtureRequest) -> None:
    result = _report_of([sys.executable, str(SUPPORT / "as_nobody.py")], request.config.rootpath)
    assert result == {"uid": NOBODY, "confinement": "kernel", "code": "passed", "self_test": True}


@pytest.fixture
def canaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, socket.socket]]:
    """A file, an environment variable and a listening socket that no worker may reach."""
    file = tmp_path / "canary"
    file.write_text("alive")
    file.chmod(0o666)
    tmp_path.chmod(0o777)
    monkeypatch.setenv("GUARDAGENT_CANARY", "alive")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield file, listener


def test_canaries_stay_untouched(canaries: tuple[Path, socket.socket]) -> None:
    file, listener = canaries
    port = listener.getsockname()[1]
    attacks = (
        f"open({str(file)!r}, 'w').write('dead')",
        f"os.unlink({str(file)!r})",
        f"os.open({str(file)!r}, os.O_RDONLY)",
        f"os.stat({str(file)!r})",
        f"socket.create_connection(('127.0.0.1', {port}))",
        f"os.execv('/bin/rm', ['rm', {str(file)!r}])",
    )
    with plain_sandbox() as sandbox:
        for attack in attacks:
            assert run_code(sandbox, body(attack, "return []")) == "escape_attempt", attack
        told = body("return [['c1', 'violation', 'deny', f'{dict(os.environ)}{sys.argv}', None, [], []]]")
        message = sandbox.run(told, [EVENT])[0].answers[0].message
    assert message.startswith("{}[")
    assert file.read_text() == "alive"
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_layers_name_what_is_missing() -> None:
    assert Layers().missing == ("Landlock", "seccomp", "rlimits", "dropped privileges")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("/no/such/python",), "No such file"),
        ((sys.executable, "-c", "raise SystemExit"), "ended at once"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "not ready after 300 ms"),
        (
            (sys.executable, "-c", "from guardagent_toolbox.sandbox.zygote import main\nmain(lambda: {}['tool `x`'])"),
            "tool `x`",
        ),
    ],
)
def test_zygote_that_does_not_start_is_one_clear_line(command: tuple[str, ...], reason: str) -> None:
    with pytest.raises(SandboxError) as raised:
        Sandbox(Limits(start_ms=300 if "sleep" in command[-1] else 15_000), zygote=command)
    assert reason in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    assert reason in self_test(Limits(start_ms=300 if "sleep" in command[-1] else 15_000), zygote=command).problem


def test_zygote_imports_nothing_of_the_host() -> None:
    listing = (
        "import sys\n"
        "from guardagent_toolbox.sandbox import probes, zygote\n"
        "from guardagent_toolbox.sandbox.warm import warmed_engine\n"
        "warmed_engine()\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", listing], capture_output=True, text=True, check=True, env={})
    modules = set(done.stdout.split())
    assert "guardagent_toolbox" in modules
    assert not modules & {
        "guardagent",
        "guardagent_memory",
        "guardagent_service",
        "pydantic",
        "numpy",
        "asyncio",
        "http",
    }
