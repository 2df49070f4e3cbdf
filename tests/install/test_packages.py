"""The installer's part for Debian packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.install.parts import Parts

CONTROL = """Package: digit-appliance-probe
Version: 1.2
Architecture: all
Maintainer: nobody
Description: nothing
"""


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("apt-get", "apt-cache", "dpkg-deb")),
    reason="this isn't Debian",
)
@pytest.mark.parametrize("name", ["USB STICK", '50%20 [#1] "mine"'])
def test_apt_finds_what_was_fetched_wherever_it_lies(name: str, tmp_path: Path) -> None:
    source, fetched = tmp_path / "probe", tmp_path / name / "packages"
    (source / "DEBIAN").mkdir(parents=True)
    (source / "DEBIAN").chmod(0o755)  # dpkg-deb wants it so, whatever the umask
    (source / "DEBIAN" / "control").write_text(CONTROL)
    fetched.mkdir(parents=True)
    build = ["dpkg-deb", "--build", str(source), str(fetched / "probe.deb")]
    subprocess.run(build, capture_output=True, check=True)
    (tmp_path / "apt").mkdir()
    said = Parts(tmp_path).says(
        f"""write_index '{fetched}'
        mktemp() {{ echo '{tmp_path}/apt'; }}
        offline='{fetched.parent}'
        use_fetched_packages
        printf '%s\n' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' >>"$APT_CONFIG"
        apt-get -q=2 update
        candidate digit-appliance-probe"""
    )
    assert said == "1.2\n"


def test_apts_words_are_understood_in_any_language(tmp_path: Path) -> None:
    said = Parts(tmp_path).says(
        """apt-cache() { [[ $LC_ALL == C* ]] && say '  Candidate: 1.2' || say '  Kandidat: 1.2'; }
        candidate digit-appliance-probe""",
        "env",
        "LC_ALL=de_DE.UTF-8",
    )
    assert said == "1.2\n"
