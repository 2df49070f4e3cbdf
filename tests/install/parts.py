"""The installer's parts, run one by one: what they would write to the system lies in a folder."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.install.roots import CHECKOUT

SCRIPTS = CHECKOUT / "scripts"


class Parts:
    """`scripts/install` or `scripts/uninstall` of a checkout, all but the call of its `main`.

    root: the folder that takes the place of the system's `/`.
    python: what takes the place of the system's Python; this one, where nothing else is given.
    """

    def __init__(self, folder: Path, script: str = "install", python: str = sys.executable) -> None:
        self.root, self.checkout = folder / "root", folder / "checkout"
        shutil.copytree(SCRIPTS, self.checkout / "scripts", dirs_exist_ok=True)
        shutil.copytree(CHECKOUT / "systemd", self.checkout / "systemd", dirs_exist_ok=True)
        (self.checkout / "docs").mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / "docs" / "config.toml", self.checkout / "docs")
        common = self.checkout / "scripts" / "installer" / "common.bash"
        text = re.sub(r"=(/(?:opt|etc|var|usr/local)/)", rf"={self.root}\1", common.read_text())
        # Last: it may itself lie in one of these folders.
        common.write_text(text.replace("=/usr/bin/python3", f"={shlex.quote(python)}"))
        self._script = self.checkout / "scripts" / f"{script}-parts"
        text = (SCRIPTS / script).read_text()
        assert text.endswith('\nmain "$@"\n')
        self._script.write_text(text.removesuffix('main "$@"\n'))

    def path(self, path: str) -> Path:
        """Where a path of the system lies, in a folder that is there."""
        moved = self.root / path.removeprefix("/")
        moved.parent.mkdir(parents=True, exist_ok=True)
        return moved

    def run(self, commands: str, *prefix: str) -> subprocess.CompletedProcess[str]:
        """Run commands of bash that may call the parts; prefix: what starts bash."""
        return subprocess.run(
            [*prefix, "bash", "-c", f'source "{self._script}"\n{commands}'],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, commands: str, *prefix: str) -> str:
        """What commands print that must succeed."""
        done = self.run(commands, *prefix)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
