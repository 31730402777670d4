"""Commands in child processes that are killed: at an instant, or before their n-th change of a file.

Children are forked from a process that has imported everything and has no threads, so a run costs what the command
costs and not the start of Python. ``SIGKILL`` goes to the whole process group: workers of the command die with it.
"""

import contextlib
import errno
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from bufgraph.cli.main import main

_CHANGES: Final = frozenset({
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree",
    "sqlite3.connect", "fcntl.flock",
})  # fmt: skip
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

Hook = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended.

    Attributes:
        code: Exit code; None when it was killed.
        output: What it wrote to standard output and error.
        cpu_s: Processor time that it used.
    """

    code: int | None
    output: str
    cpu_s: float

    @property
    def step(self) -> str:
        """The last step that it told of: the text of its progress without numbers."""
        steps = [line for line in self.output.splitlines() if re.match(r"\[ *[\d.]+ s\] ", line)]
        if not steps:
            return "before the first step"
        told = steps[-1].partition("] ")[2].split(":")[0]
        return " ".join(word for word in told.split() if not any(c.isdigit() for c in word))


def run(
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    log: Path,
    *,
    kill_after_cpu_s: float | None = None,
    hook: Hook | None = None,
    limit_s: float = 600,
) -> Ended:
    """Run a command of bufgraph in a child.

    Args:
        kill_after_cpu_s: Kill its process group when it has used so much of a processor, unless it has ended. A busy
            machine then does not change where it is hit.
        hook: Called in the child before the command.
        limit_s: A child that takes longer is stuck: it is killed, and ``TimeoutError`` raised.
    """
    deadline = time.monotonic() + limit_s
    child = start(lambda: _command(arguments, environment, hook), log)
    is_hit = False
    while not (found := os.wait4(child, os.WNOHANG))[0]:
        is_stuck = time.monotonic() > deadline
        if is_stuck or (kill_after_cpu_s is not None and not is_hit and _cpu_s(child) >= kill_after_cpu_s):
            is_hit = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        if is_stuck:
            os.wait4(child, 0)
            raise TimeoutError(f"{arguments} is stuck after {limit_s} s: {log.read_text()}")
        time.sleep(0.001)
    _, status, usage = found
    code = None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return Ended(code, log.read_text(encoding="utf-8", errors="replace"), usage.ru_utime + usage.ru_stime)


def _cpu_s(process: int) -> float:
    """Return how much of a processor a process has used, in seconds; its clock is clock_getcpuclockid(3)."""
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:  # it has just ended
        return 0.0


def ask(question: Callable[[], Any], log: Path) -> Any:  # Any: what the question returns, as JSON
    """Answer a question in a child, so that this process opens no store and stays without threads.

    Raises:
        RuntimeError: The question raised; with its traceback.
    """
    answer = log.with_suffix(".json")

    def write() -> int:
        answer.write_bytes(orjson.dumps(question()))
        return 0

    if wait(start(write, log)) != 0:
        raise RuntimeError(log.read_text())
    return orjson.loads(answer.read_bytes())


def wait(child: int) -> int:
    """Return the exit code of a child, negative when a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def start(do: Callable[[], int], log: Path) -> int:
    """Do something in a child, which leads a process group of its own; return its process number."""
    sys.stdout.flush()
    sys.stderr.flush()
    log.touch()
    child = os.fork()
    if child:
        with contextlib.suppress(PermissionError, ProcessLookupError):  # the child was quicker
            os.setpgid(child, child)
        return child
    code = 70
    try:
        os.setpgid(0, 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = do()
    except BaseException:  # whatever it is, the child must not run on in its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command(arguments: tuple[str, ...], environment: Mapping[str, str], hook: Hook | None) -> int:
    os.environ.update(environment)
    sys.argv = ["bufgraph", *arguments]
    if hook is not None:
        hook()
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def each_change(of: Path, then: Callable[[int, str], None]) -> Hook:
    """Return a hook that calls ``then`` with number and name before each change of a file below a folder.

    Python tells of such changes by audit events (PEP 578); what compiled libraries write is not among them.
    """

    def install() -> None:
        root, seen = str(of), 0

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            if event not in _CHANGES and not (event == "open" and int(arguments[2] or 0) & _WRITING):
                return
            path = str(arguments[0])
            if path.startswith(root) or not path.startswith(
                "/"
            ):  # within a folder that is open, or an open file
                seen += 1
                then(seen, f"{event} {path}")

        sys.addaudithook(audit)

    return install


def kill_at(number: int) -> Callable[[int, str], None]:
    """Return what ends this process before its n-th change, as a kill from outside would."""

    def then(seen: int, change: str) -> None:
        if seen == number:
            os.write(2, f"killed before {change}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    return then


def refuse_from(number: int) -> Callable[[int, str], None]:
    """Return what fails each change from the n-th on with ENOSPC, as a disk does that is full; removing still works."""

    def then(seen: int, change: str) -> None:
        if seen >= number and not change.startswith(
            ("os.remove", "os.rmdir", "shutil.rmtree", "fcntl.flock")
        ):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), change.partition(" ")[2])

    return then
