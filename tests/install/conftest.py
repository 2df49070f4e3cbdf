"""Machines for the tests of the installer; see scripts/test-install."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.machine import Machine, booted
from tests.install.roots import Root, prepare, stage, work_folder

SYSTEMS = os.environ.get("INSTALL_TEST_SYSTEMS", "trixie bookworm").split()


@pytest.fixture(scope="class", params=SYSTEMS)
def root(request: pytest.FixtureRequest) -> Root:
    return prepare(request.param)


@pytest.fixture(scope="class")
def once(root: Root) -> None:
    """For what takes long and is the same code in all systems."""
    if root.codename != "trixie":
        pytest.skip("done in Trixie")


@pytest.fixture(scope="class")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it stands, for the tests to spoil."""
    return stage(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="class")
def machine(root: Root, source: Path) -> Iterator[Machine]:
    binds = {source: "/src", root.fetched: "/fetched"}
    with booted(root.folder, work_folder(), binds=binds) as machine:
        yield machine
