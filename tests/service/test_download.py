"""Downloads from a server on loopback that refuses, cuts, lies and ignores ranges."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import DatasetError
from appliance.service.download import CHUNK, MNIST, Item, Progress, fetch

CHECKOUT = Path(__file__).parent.parent.parent

CONTENT = np.random.default_rng(5).bytes(5 * CHUNK)
PACKED = gzip.compress(CONTENT)
ITEM = Item("data.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@dataclass
class Mirror:
    """How one folder of the server behaves, and what was asked of it."""

    body: bytes = PACKED
    status: int = 200
    cut_after: int | None = None
    knows_ranges: bool = True
    asked: list[str | None] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    mirrors: dict[str, Mirror]

    def do_GET(self) -> None:
        mirror = self.mirrors[self.path.split("/")[1]]
        wanted = self.headers["Range"]
        mirror.asked.append(wanted)
        if mirror.status != 200:
            self.send_error(mirror.status)
            return
        start = int(wanted[6:-1]) if wanted and mirror.knows_ranges else 0
        if start >= len(mirror.body):
            self.send_error(416)
            return
        body = mirror.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: mirror.cut_after])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


@dataclass
class Server:
    address: str
    mirrors: dict[str, Mirror]

    def mirror(self, name: str, mirror: Mirror) -> str:
        self.mirrors[name] = mirror
        return f"{self.address}/{name}/"


@pytest.fixture
def server() -> Iterator[Server]:
    handler = type("OwnHandler", (Handler,), {"mirrors": {}})
    with QuietServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=[0.01])
        thread.start()
        yield Server(f"http://127.0.0.1:{running.server_port}", handler.mirrors)  # type: ignore[attr-defined]
        running.shutdown()
        thread.join()


def run(folder: Path, *mirrors: str) -> list[Progress]:
    return list(fetch([ITEM], folder, mirrors, timeout=5))


def test_a_file_comes_whole_and_says_how_far_it_is(server: Server, tmp_path: Path) -> None:
    progress = run(tmp_path / "new", server.mirror("good", Mirror()))
    assert (tmp_path / "new" / "data.gz").read_bytes() == PACKED
    received = [step.received for step in progress]
    assert received == sorted(received)
    assert received[-1] == len(PACKED)
    assert {step.total for step in progress} == {len(PACKED)}
    assert progress[-1].done
    assert not list((tmp_path / "new").glob("*.part"))


def test_a_good_file_isnt_fetched_again_and_a_bad_one_is(server: Server, tmp_path: Path) -> None:
    mirror = Mirror()
    address = server.mirror("good", mirror)
    (tmp_path / "data.gz").write_bytes(PACKED[:-100])
    run(tmp_path, address)
    assert len(mirror.asked) == 1
    (step,) = run(tmp_path, address)
    assert (step.done, step.source) == (True, "")
    assert len(mirror.asked) == 1


def test_a_403_is_explained_and_the_next_mirror_taken(server: Server, tmp_path: Path) -> None:
    refusing = server.mirror("refusing", Mirror(status=403))
    progress = run(tmp_path, refusing, server.mirror("good", Mirror()))
    assert "403 Forbidden: this mirror refuses downloads" in progress[0].trouble
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_silent_mirror_is_given_up_and_the_next_taken(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urlopen = urllib.request.urlopen

    def answers_or_not(request: urllib.request.Request, timeout: float) -> object:
        if "silent" in request.full_url:
            raise TimeoutError("timed out")  # as it comes while an answer is waited for
        return urlopen(request, timeout=timeout)

    monkeypatch.setattr("urllib.request.urlopen", answers_or_not)
    silent, good = server.mirror("silent", Mirror()), server.mirror("good", Mirror())
    first, *_, last = run(tmp_path, silent, good)
    assert (first.trouble, last.done) == ("no connection: timed out", True)
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_cut_connection_is_gone_on_from_at_the_next_mirror(
    server: Server, tmp_path: Path
) -> None:
    good = Mirror()
    cutting = server.mirror("cutting", Mirror(cut_after=CHUNK + 1000))
    run(tmp_path, cutting, server.mirror("good", good))
    assert good.asked == [f"bytes={CHUNK + 1000}-"]
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_cut_connection_is_gone_on_from_at_the_next_run(server: Server, tmp_path: Path) -> None:
    cutting = Mirror(cut_after=2 * CHUNK)
    address = server.mirror("cutting", cutting)
    with pytest.raises(DatasetError, match="cut after 131,072 of"):
        run(tmp_path, address)
    assert not (tmp_path / "data.gz").exists()
    with pytest.raises(DatasetError, match="cut after"):
        run(tmp_path, address)
    cutting.cut_after = None
    run(tmp_path, address)
    assert cutting.asked == [None, f"bytes={2 * CHUNK}-", f"bytes={4 * CHUNK}-"]
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_server_without_ranges_sends_it_all_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.gz.part").write_bytes(PACKED[:1234])
    mirror = Mirror(knows_ranges=False)
    run(tmp_path, server.mirror("simple", mirror))
    assert mirror.asked == ["bytes=1234-"]
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_part_of_something_else_is_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.gz.part").write_bytes(b"something else" * 10)
    mirror = Mirror()
    run(tmp_path, server.mirror("good", mirror))
    assert mirror.asked == ["bytes=140-", None]
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_part_that_is_whole_only_needs_its_name(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.gz.part").write_bytes(PACKED)
    mirror = Mirror()
    run(tmp_path, server.mirror("good", mirror))
    assert mirror.asked == []
    assert (tmp_path / "data.gz").read_bytes() == PACKED


def test_a_part_that_is_longer_than_the_file_is_begun_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.gz.part").write_bytes(PACKED[::-1] + b"more")
    mirror = Mirror()
    run(tmp_path, server.mirror("good", mirror))
    assert mirror.asked[-1] is None
    assert (tmp_path / "data.gz").read_bytes() == PACKED


@pytest.mark.parametrize(
    "body",
    [gzip.compress(CONTENT[:-1] + b"!"), b"<html>Welcome to the hotel</html>", b""],
    ids=["one byte", "a web page", "nothing"],
)
def test_a_wrong_checksum_is_never_put_in_place(
    server: Server, tmp_path: Path, body: bytes
) -> None:
    with pytest.raises(DatasetError, match="SHA-256 is another"):
        run(tmp_path, server.mirror("lying", Mirror(body=body)))
    assert list(tmp_path.iterdir()) == []


def test_a_mirror_may_have_packed_it_anew(server: Server, tmp_path: Path) -> None:
    body = gzip.compress(CONTENT, compresslevel=1, mtime=7)
    run(tmp_path, server.mirror("other", Mirror(body=body)))
    assert (tmp_path / "data.gz").read_bytes() == body


def test_endless_data_are_stopped(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="larger than the file"):
        run(tmp_path, server.mirror("endless", Mirror(body=bytes(100 * CHUNK))))
    assert (tmp_path / "data.gz.part").stat().st_size < 10 * CHUNK


def test_when_all_fail_each_is_named_with_its_reason(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        run(
            tmp_path,
            server.mirror("refusing", Mirror(status=403)),
            server.mirror("gone", Mirror(status=404)),
            server.mirror("ill", Mirror(status=500)),
            "http://127.0.0.1:1/",
            "nonsense",
        )
    message = str(caught.value)
    for words in ("/refusing/data.gz: 403", "/gone/data.gz: 404", "/ill/data.gz: 500"):
        assert words in message
    assert "http://127.0.0.1:1/data.gz: no connection: [Errno 111] Connection refused" in message
    assert "nonsense/data.gz: no connection: unknown url type" in message


def test_a_folder_that_cant_be_made_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="can't be written"):
        run(tmp_path / "file" / "folder", server.mirror("good", Mirror()))


def test_the_checksums_are_those_of_mnist(shared: Path) -> None:
    for item in MNIST:
        content = gzip.decompress((shared / "mnist" / item.name).read_bytes())
        assert (len(content), hashlib.sha256(content).hexdigest()) == (item.size, item.sha256)


class TestScript:
    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", CHECKOUT / "scripts" / "fetch-mnist", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def test_without_any_mirror_it_says_so_and_fails(self, tmp_path: Path) -> None:
        done = self.start("--mirror", "http://127.0.0.1:1/", str(tmp_path / "mnist"))
        assert done.returncode == 1
        assert "train-images-idx3-ubyte.gz: no mirror could give it" in done.stderr
        assert "Traceback" not in done.stderr

    def test_what_is_there_already_is_left(self, shared: Path) -> None:
        done = self.start("--mirror", "http://127.0.0.1:1/", str(shared / "mnist"))
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(": is there\n") == 4
