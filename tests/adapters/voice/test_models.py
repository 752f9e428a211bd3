"""Where Whisper's models are, and how one is fetched: over a real connexion, from this PC."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.voice import models
from adapters.voice.models import FetchError, Model, ModelFile, fetch_model, find_model
from adapters.voice.recogniser import Missing

REVISION = "0123456789abcdef"
CONTENT = {
    "model.bin": bytes(range(256)) * 4096,
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a\n",
}


def _model(name: str = "base", **other: bytes) -> Model:
    meant = {**CONTENT, **{key.replace("_", "."): value for key, value in other.items()}}
    files = tuple(
        ModelFile(file, len(text), hashlib.sha256(text).hexdigest()) for file, text in meant.items()
    )
    return Model(name, f"someone/{name}", REVISION, files)


class _Host(http.server.ThreadingHTTPServer):
    """Serves `CONTENT`; breaks off after so many bytes for as often as it is told."""

    breaks = 0
    breaks_after = 2 * models.BLOCK
    ignores_range = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Host

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        asked = self.headers.get("Range", "")
        self.server.asked.append((self.path, asked))
        if name not in CONTENT:
            self.send_error(404)
            return
        content = CONTENT[name]
        start = 0
        if asked and not self.server.ignores_range:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.server.breaks and len(body) > self.server.breaks_after:
            self.server.breaks -= 1
            body = body[: self.server.breaks_after]
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        del format, args


@pytest.fixture
def host() -> Iterator[_Host]:
    with _Host() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHONEBAR_MODELS", str(tmp_path))
    return tmp_path


def test_a_fetched_model_is_whole_and_of_the_pinned_revision(host: _Host, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    model = _model()

    place = fetch_model(model, lambda there, size: told.append((there, size)), host.url)

    assert place == folder / "base"
    assert {file.name: file.read_bytes() for file in place.iterdir()} == CONTENT
    assert all(path.startswith(f"/someone/base/resolve/{REVISION}/") for path, _ in host.asked)
    assert told[-1] == (model.size, model.size)


def test_a_fetch_that_breaks_goes_on_where_it_broke(host: _Host) -> None:
    host.breaks = 2

    place = fetch_model(_model(), host=host.url)

    assert (place / "model.bin").read_bytes() == CONTENT["model.bin"]
    assert [asked for path, asked in host.asked if path.endswith("model.bin")] == [
        "bytes=0-",
        f"bytes={host.breaks_after}-",
        f"bytes={2 * host.breaks_after}-",
    ]


def test_a_fetch_that_was_given_up_goes_on_the_next_time(host: _Host, folder: Path) -> None:
    host.breaks = models.TRIES
    with pytest.raises(FetchError) as told:
        fetch_model(_model(), host=host.url)
    assert told.value.message == "voice_no_fetch"
    assert not (folder / "base" / "model.bin").exists()
    host.asked.clear()

    fetch_model(_model(), host=host.url)

    first = next(asked for path, asked in host.asked if path.endswith("model.bin"))
    assert first == f"bytes={models.TRIES * host.breaks_after}-"
    assert (folder / "base" / "model.bin").read_bytes() == CONTENT["model.bin"]


def test_a_host_that_begins_anew_is_begun_anew(host: _Host) -> None:
    host.breaks = 1
    host.ignores_range = True

    place = fetch_model(_model(), host=host.url)

    assert (place / "model.bin").read_bytes() == CONTENT["model.bin"]


def test_what_has_the_wrong_hash_is_thrown_away(host: _Host, folder: Path) -> None:
    other = bytes(len(CONTENT["model.bin"]))

    with pytest.raises(FetchError) as told:
        fetch_model(_model(model_bin=other), host=host.url)

    assert told.value.message == "voice_wrong_hash"
    assert list((folder / "base").glob("model.bin*")) == []


def test_more_than_was_meant_is_not_taken(host: _Host, folder: Path) -> None:
    with pytest.raises(FetchError):
        fetch_model(_model(model_bin=CONTENT["model.bin"][:1000]), host=host.url)

    assert list((folder / "base").glob("model.bin*")) == []


def test_what_is_there_already_is_not_fetched_again(host: _Host) -> None:
    fetch_model(_model(), host=host.url)
    host.asked.clear()

    fetch_model(_model(), host=host.url)

    assert host.asked == []


def test_a_file_that_the_host_has_not_is_told(host: _Host) -> None:
    with pytest.raises(FetchError) as told:
        fetch_model(_model(other_bin=b"x"), host=host.url)

    assert "404" in str(told.value.details["why"])


def test_a_model_that_is_not_there_says_how_to_get_it() -> None:
    with pytest.raises(Missing) as told:
        find_model("tiny")

    assert told.value.details["command"] == "phonebar models fetch tiny"


def test_a_folder_that_is_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()

    with pytest.raises(Missing) as told:
        find_model(str(tmp_path))

    assert told.value.details["lacking"] == "config.json, tokenizer.json, vocabulary.txt"


def test_a_folder_of_the_user_is_taken_as_it_is(tmp_path: Path) -> None:
    for name in CONTENT:
        (tmp_path / name).touch()

    assert find_model(str(tmp_path)) == tmp_path


def test_half_a_model_is_none(folder: Path) -> None:
    place = folder / "tiny"
    place.mkdir()
    for name in CONTENT:
        (place / name).touch()

    with pytest.raises(Missing):
        find_model("tiny")


@pytest.mark.parametrize(
    ("configured", "language", "chosen"),
    [
        ("", "en", "tiny.en"),
        ("", "it", "base"),
        ("base", "en", "base"),
        ("/some/where", "de", "/some/where"),
    ],
)
def test_the_model_is_chosen_by_the_language(configured: str, language: str, chosen: str) -> None:
    assert models.choice(configured, language) == chosen


def test_every_model_has_a_pinned_revision_and_hashes() -> None:
    for model in models.MODELS.values():
        assert len(model.revision) == 40
        assert {file.name for file in model.files} >= set(models.NEEDED)
        assert all(len(file.sha256) == 64 for file in model.files)
