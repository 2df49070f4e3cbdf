"""A Debian system in a container that boots: an installer may do with it as it likes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

BOOT_SECONDS = 60
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    """A booted root; what is changed in it is gone when it ends.

    folder: where its changes are kept meanwhile; the root itself is only read.
    network: whether it shares this machine's network; otherwise it has none.
    binds: folder of this machine -> where it is seen, read-only.
    """

    def __init__(
        self, root: Path, folder: Path, *, network: bool = False, binds: Mapping[Path, str] = {}
    ) -> None:
        self.root = folder / "root"
        self._folder, self._network, self._binds = folder, network, dict(binds)
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0
        self._group = control_groups() / folder.name
        for name in ("root", "changes", "work"):
            (folder / name).mkdir()
        layers = f"lowerdir={root},upperdir={folder / 'changes'},workdir={folder / 'work'}"
        subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)], check=True
        )

    def boot(self) -> None:
        """Start it and wait until its services have started."""
        self._group.mkdir(exist_ok=True)
        # --keep-unit: it makes its control groups in the one that it is started in.
        name = re.sub("[^a-z0-9]", "x", self._folder.name)
        start = f'echo $$ >{shlex.quote(str(self._group))}/cgroup.procs; exec systemd-nspawn "$@"'
        options = [f"--bind-ro={source}:{target}" for source, target in self._binds.items()]
        if not self._network:
            options.append("--private-network")
        with (self._folder / "console").open("wb") as console:
            self._nspawn = subprocess.Popen(
                ["bash", "-c", start, "nspawn", "--quiet", "--boot",
                 f"--directory={self.root}", f"--machine={name}", "--register=no",
                 "--keep-unit", "--console=read-only", *options],
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + BOOT_SECONDS
        while not self._has_booted():
            assert time.monotonic() < deadline, (self._folder / "console").read_text()
            time.sleep(0.1)

    def run(
        self, *command: str, timeout: float = 600, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it as root; standard output and error come as one text."""
        return subprocess.run(
            self.enter(*command, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )

    def enter(self, *command: str, **variables: str) -> list[str]:
        """The command line that runs a command in it."""
        settings = [f"{name}={value}" for name, value in variables.items()]
        return [
            "nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc", "--net", "--pid",
            f"--root=/proc/{self._leader}/root", "--wdns=/",
            "env", "-i", f"PATH={PATH}", "HOME=/root", "LC_ALL=C.UTF-8", *settings, *command,
        ]  # fmt: skip

    def says(self, *command: str) -> str:
        """What a command prints that must succeed."""
        done = self.run(*command)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def shut_down(self) -> None:
        """Power it off properly; it can be booted again."""
        if self._nspawn is None:
            return
        if self._leader:
            os.kill(self._leader, signal.SIGRTMIN + 4)  # systemd(1): power off
        else:
            self._nspawn.terminate()
        self.wait_until_off()

    def wait_until_off(self) -> None:
        """Wait until it has been powered off from inside; it can be booted again."""
        assert self._nspawn is not None
        self._nspawn.wait(BOOT_SECONDS)
        self._nspawn, self._leader = None, 0

    def close(self) -> None:
        """Power it off and forget what was changed."""
        self.shut_down()
        subprocess.run(["umount", str(self.root)], check=True)
        shutil.rmtree(self._folder)
        for group, _, _ in os.walk(self._group, topdown=False):
            Path(group).rmdir()

    def _has_booted(self) -> bool:
        assert self._nspawn is not None
        assert self._nspawn.poll() is None, (self._folder / "console").read_text()
        self._leader = self._leader or _leader_of(self._nspawn.pid)
        if not self._leader:
            return False
        state = self.run("systemctl", "is-system-running").stdout.strip()
        return state in ("running", "degraded")


@contextmanager
def booted(
    root: Path, folder: Path, *, network: bool = False, binds: Mapping[Path, str] = {}
) -> Iterator[Machine]:
    """A booted machine that ends with the block."""
    machine = Machine(root, folder, network=network, binds=binds)
    try:
        machine.boot()
        yield machine
    finally:
        machine.close()


def control_groups() -> Path:
    """The folder of this machine's control groups (version 2), where each machine gets its own."""
    for line in _lines(Path("/proc/self/mounts")):
        _, folder, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(folder)
    raise OSError("no control groups of version 2 are mounted here")


def _leader_of(nspawn: int) -> int:
    """Process id of a container's systemd; 0 while it hasn't been started."""
    for child in _children(nspawn):
        for line in _lines(Path(f"/proc/{child}/status")):
            if line.startswith("NSpid:") and line.split()[-1] == "1":
                return child
    return 0


def _children(process: int) -> Sequence[int]:
    return [int(child) for child in _text(Path(f"/proc/{process}/task/{process}/children")).split()]


def _lines(path: Path) -> Sequence[str]:
    return _text(path).splitlines()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
