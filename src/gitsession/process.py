"""The only door to other programs: time limits, environment, streaming."""

import contextlib
import os
import select
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import NamedTuple

from gitsession.errors import GitsessionError

#: Seconds that a program may take, unless its caller says otherwise.
LIMIT = 120.0


class ProcessError(GitsessionError):
    """A program could not be started, or took longer than it may."""


class Completed(NamedTuple):
    """How a program ended: its exit code (128 + n for signal n) and what it wrote."""

    code: int
    out: bytes
    err: bytes


def run(
    argv: Sequence[str],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float | None = LIMIT,
) -> Completed:
    """Run a program to its end. Raises ProcessError when it cannot be started or passes `timeout` seconds."""
    try:
        done = subprocess.run(argv, cwd=cwd, env=env, input=stdin, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise ProcessError(f"{argv[0]} took longer than {timeout:g} s and was stopped", "try again") from None
    except (OSError, ValueError) as e:
        raise ProcessError(f"{argv[0]} cannot be started: {e}", "is it installed, and on PATH?") from None
    return Completed(_shell_code(done.returncode), done.stdout, done.stderr)


class Started:
    """A program that works while we do. What it reads, 4 KiB at most, waits in the pipe: nobody must stay to write it."""

    def __init__(self, argv: Sequence[str], *, cwd: str, env: Mapping[str, str], stdin: bytes = b"") -> None:
        self._name = argv[0]
        try:
            self._process = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )  # fmt: skip
        except (OSError, ValueError) as e:
            raise ProcessError(f"{argv[0]} cannot be started: {e}", "is it installed, and on PATH?") from None
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # it has ended; `finish` tells how
                self._process.stdin.write(stdin)
                self._process.stdin.close()
            self._process.stdin = None

    def finish(self, timeout: float | None) -> Completed:
        """How it ended. Raises ProcessError when it takes `timeout` seconds from now."""
        try:
            out, err = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise ProcessError(f"{self._name} took longer than {timeout:g} s and was stopped", "try again") from None
        return Completed(_shell_code(self._process.returncode), out, err)

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # one of its own holds the pipe
            self._process.communicate(timeout=5)


def attach(argv: Sequence[str], *, cwd: str | None = None) -> int:
    """Run a program with our own terminal (an editor, a pager); returns its exit code."""
    try:
        return _shell_code(subprocess.run(argv, cwd=cwd, check=False).returncode)
    except OSError as e:
        raise ProcessError(f"{argv[0]} cannot be started: {e}", "is it installed, and on PATH?") from None


def detach(argv: Sequence[str], *, cwd: str) -> None:
    """Start a program that goes on when we have ended, and whoever started us, too; nobody waits for it or hears it."""
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        subprocess.Popen(
            argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, creationflags=flags,
        )  # fmt: skip
    except OSError as e:
        raise ProcessError(f"{argv[0]} cannot be started: {e.strerror or e}", "is it installed, and on PATH?") from None


def stream(
    argv: Sequence[str], *, cwd: str | None = None, sink: Callable[[bytes], object], keep: int = 65536
) -> Completed:
    """Run a program with our stdin, hand its output (both streams) to `sink` as it comes, and keep the last `keep` bytes."""
    tail = bytearray()
    try:
        process = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as e:
        raise ProcessError(f"{argv[0]} cannot be started: {e.strerror or e}", "is it installed, and on PATH?") from None
    with process:
        assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
        while chunk := os.read(process.stdout.fileno(), 65536):
            sink(chunk)
            tail += chunk
            del tail[:-keep]
    return Completed(_shell_code(process.returncode), bytes(tail), b"")


def pipe(
    argvs: Sequence[Sequence[str]],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = LIMIT,
) -> Generator[bytes, None, Completed]:
    """Run programs at once, each reading what the one before it writes; yields what the last one writes, as it comes.

    Returns how the last one that failed ended, and what all of them wrote to stderr. Raises ProcessError when one cannot
    be started, or when all together pass `timeout` seconds.
    """
    import tempfile  # not on the way of a commit
    import threading

    programs: list[subprocess.Popen[bytes]] = []
    late = threading.Event()

    def stop() -> None:
        late.set()
        for program in programs:
            program.kill()

    timer = threading.Timer(timeout, stop)
    timer.daemon = True  # an error that leaves us in the middle must not wait for it
    # Files, since pipes that nobody reads from fill up.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        try:
            for argv in argvs:
                source = programs[-1].stdout if programs else given
                programs.append(
                    subprocess.Popen(argv, cwd=cwd, env=env, stdin=source, stdout=subprocess.PIPE, stderr=errors)
                )
                if source is not given and source is not None:
                    source.close()
            timer.start()
            last = programs[-1].stdout
            while chunk := os.read(last.fileno(), 65536) if last else b"":
                yield chunk
            codes = [_shell_code(program.wait()) for program in programs]
        except OSError as e:
            raise ProcessError(f"{argvs[0][0]} cannot be started: {e}", "is it installed, and on PATH?") from None
        finally:
            timer.cancel()
            for program in programs:
                program.kill()
                program.wait()
                if program.stdout:
                    program.stdout.close()
        if late.is_set():
            raise ProcessError(f"{argvs[-1][0]} took longer than {timeout:g} s and was stopped", "try again")
        errors.seek(0)
        return Completed(next((code for code in reversed(codes) if code), 0), b"", errors.read())


def read_ahead(pieces: Generator[bytes, None, object], most: int) -> Generator[bytes, None, None]:
    """The same pieces, of which up to `most` lie ready: what another program computes, it computes while we work."""
    import queue
    import threading

    ready: queue.Queue[bytes | BaseException | None] = queue.Queue(most)
    left = threading.Event()

    def read() -> None:
        last: BaseException | None = None
        try:
            for piece in pieces:
                ready.put(piece)
                if left.is_set():
                    break
        except BaseException as e:  # noqa: BLE001  (raised where it is waited for)
            last = e
        finally:
            pieces.close()
        ready.put(last)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while (piece := ready.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        left.set()
        while reader.is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                ready.get(timeout=0.05)


class Conversation:
    """A long-lived program that answers on stdout what is written to its stdin (`git cat-file --batch`)."""

    def __init__(
        self, argv: Sequence[str], *, cwd: str, env: Mapping[str, str] | None = None, limit: float = LIMIT
    ) -> None:
        self._limit = limit
        try:
            self._process = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as e:
            raise ProcessError(f"{argv[0]} cannot be started: {e}", "is it installed, and on PATH?") from None

    def send(self, lines: bytes) -> None:
        """Send questions, 4 KiB at most: a pipe that takes no more waits for ever when nobody reads the answers.

        Waits for the first answer; all before have been read. Raises ProcessError when nobody is there, or none comes.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101
        assert stdout is not None  # noqa: S101
        try:
            stdin.write(lines)
            stdin.flush()
        except OSError:
            raise ProcessError("git cat-file stopped answering", "try again") from None
        if hasattr(select, "poll"):  # Windows cannot wait for a pipe
            answered = select.poll()
            answered.register(stdout, select.POLLIN)
            if not answered.poll(min(self._limit, LIMIT) * 1000):
                self._process.kill()
                raise ProcessError(f"git cat-file took longer than {self._limit:g} s and was stopped", "try again")

    def line(self) -> bytes:
        """The next line of the answer, without its newline; empty when the program has stopped."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101
        return stdout.readline().rstrip(b"\n")

    def read(self, size: int) -> bytes:
        """The next `size` bytes of the answer. Raises ProcessError when the program stops before."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101
        data = stdout.read(size)
        if len(data) != size:
            raise ProcessError(
                "git cat-file stopped in the middle of an answer", "try again; `git fsck` looks for damage"
            )
        return data

    def close(self) -> None:
        """End the program."""
        process = self._process
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # it has ended, with a question of ours unread
                process.stdin.close()
        if process.stdout is not None:
            process.stdout.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _shell_code(code: int) -> int:
    return code if code >= 0 else 128 - code


def ancestor_arguments(limit: int = 6) -> list[list[str]]:
    """Command lines of our parent, its parent and so on, as far as the system tells."""
    found: list[list[str]] = []
    pid = os.getppid()
    while pid > 1 and len(found) < limit:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                arguments = [os.fsdecode(a) for a in file.read().split(b"\0")[:-1]]
            with open(f"/proc/{pid}/stat", "rb") as file:
                pid = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            try:
                line = (
                    run(["ps", "-o", "ppid=,args=", "-p", str(pid)], timeout=5).out.decode("utf-8", "replace").split()
                )
                pid, arguments = int(line[0]), line[1:]
            except (GitsessionError, ValueError, IndexError):
                break
        found.append(arguments)
    return found
