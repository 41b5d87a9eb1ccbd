"""Stands in for Python in a hook or a command, and does harm at the N-th place where something is written or git is started.

Started as `inject.py [-I] -c CODE ARGUMENT...` with FAULT="TARGET:ACTION:N" in the environment: TARGET is a hook's name, or `command`.
Each place that is passed is noted as a line in FAULT_LOG; what lies outside of FAULT_ROOT is nobody's concern.
"""

import builtins
import errno
import io
import os
import signal
import subprocess
import sys
import threading

#: What a started git does instead of its work.
STAND_IN = {
    "error": ["sh", "-c", "echo 'fatal: unable to write: No space left on device' >&2; exit 128"],
    "endless": ["sleep", "1000"],
    "garbage": ["printf", r"\377\376 12 \001\n\000:x y\n\000\000\t"],
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Harm:
    """Counts places, and does what was ordered at one of them."""

    def __init__(self, action, number, root, log):
        self.action, self.number, self.root, self.log = action, number, root, log
        self.count = 0
        self.struck = False
        self.open = os.open  # the real ones
        self.write = os.write

    def due(self, kind, name):
        """Note a place; True where harm is to be done. SIGKILL is done here."""
        self.count += 1
        line = f"{kind} {name}\n".encode("utf-8", "backslashreplace")
        descriptor = self.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        self.write(descriptor, line)
        os.close(descriptor)
        if self.count == self.number and self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return self.count == self.number

    def at_file(self, kind, path, code):
        """A place where a file is written; an error where harm is to be done."""
        name = self.inside(path)
        if name and self.due(kind, name) and self.action == "error":
            raise OSError(code, os.strerror(code), path)

    def inside(self, path):
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        full = os.path.realpath(os.fsdecode(path))
        return os.path.relpath(full, self.root) if full.startswith(self.root + os.sep) else ""

    def opening(self, real):
        def opened(file, mode="r", *args, **options):
            writes = mode & _WRITES if isinstance(mode, int) else set(mode) & set("wax+")
            if not writes or isinstance(file, int) or not self.inside(file):
                return real(file, mode, *args, **options)
            self.at_file("open", file, errno.EACCES)
            result = real(file, mode, *args, **options)
            if self.due("write", self.inside(file)) and self.action == "error":  # the disk is full from here on
                os.dup2(self.open("/dev/full", os.O_WRONLY), result if isinstance(result, int) else result.fileno())
            return result

        return opened

    def watch(self):
        builtins.open = io.open = self.opening(open)
        os.open = self.opening(os.open)
        sync = os.fsync

        def fsync(descriptor):
            self.at_file("fsync", descriptor, errno.ENOSPC)
            sync(descriptor)

        os.fsync = fsync
        sys.addaudithook(self.audit)
        subprocess.Popen = self.starting(subprocess.Popen)
        leave = os._exit

        def leaving(code):
            self.due("exit", code)
            leave(code)

        os._exit = leaving
        if self.action == "endless":
            self.hurry()

    def hurry(self):
        """Let a timer that waits for a git that never ends go off at once."""
        harm = self

        class Timer(threading.Timer):
            def start(self):
                self.interval = 0.05 if harm.struck else self.interval
                super().start()

        threading.Timer = Timer

    def audit(self, event, arguments):
        if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink"):
            self.at_file(event.removeprefix("os."), arguments[event == "os.rename"], errno.EROFS)

    def starting(self, real):
        harm = self

        class Popen(real):
            hit = False

            def __init__(self, args, *rest, **options):
                what = next((word for word in args[1:] if not word.startswith("-")), "")
                if what == "config" and not any(word.startswith("--get") for word in args):
                    what = "config, written"
                self.hit = args[0] == "git" and harm.due("git", what) and harm.action in STAND_IN
                harm.struck = harm.struck or self.hit
                if self.hit and harm.action == "endless":
                    sys.modules["gitsession.process"].LIMIT = 0.05  # nobody need wait in earnest
                super().__init__(STAND_IN[harm.action] if self.hit else args, *rest, **options)

            def communicate(self, input=None, timeout=None):  # noqa: A002  (its name there)
                if self.hit and harm.action == "endless":
                    if timeout is None:
                        harm.due("no time limit", " ".join(self.args))
                        self.kill()
                    timeout = 0.05
                return super().communicate(input, timeout)

        return Popen


def _clock(seconds):
    """Let the clock of this process be wrong by so many seconds."""
    import datetime as dt
    import time

    real, now = dt.datetime, time.time
    ahead = dt.timedelta(seconds=seconds)
    dt.datetime = type("datetime", (real,), {"now": classmethod(lambda cls, tz=None: real.now(tz) + ahead)})
    time.time = lambda: now() + seconds


def main():
    at = sys.argv.index("-c")
    code, sys.argv = sys.argv[at + 1], ["-c", *sys.argv[at + 2 :]]
    sys.dont_write_bytecode = True
    if os.environ.get("FAULT_CLOCK"):
        _clock(float(os.environ["FAULT_CLOCK"]))
    target, _, order = os.environ.get("FAULT", "").partition(":")
    harm = None
    if target and target in ("command", *sys.argv[1:2]) and (target != "command" or "gitsession.hook" not in code):
        action, _, number = order.partition(":")
        harm = Harm(action, int(number), os.environ["FAULT_ROOT"], os.environ["FAULT_LOG"])
        harm.watch()
    try:
        exec(compile(code, "-c", "exec"), {"__name__": "__main__"})
    finally:
        if harm:
            harm.due("exit", 0)


main()
