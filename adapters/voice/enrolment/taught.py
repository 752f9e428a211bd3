"""What a user has taught, and the file it is kept in: cepstra and labels, no sound.

    Damaged(RecogniserError)    a file that cannot be used; says why, and what can be done

The file is a NumPy archive without pickled objects: `format`, `language`, and for each sample its
`labels`, its `roles` and its `lengths`; `rows` are the cepstra of all samples, one after the other.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.enrolment.features import CEPSTRA
from adapters.voice.recogniser import RecogniserError
from assistant.config import state_dir

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from adapters.voice.enrolment.features import Rows

FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""Bytes, unpacked: some three thousand samples."""
LONGEST = 1000
"""Rows of one sample, 10 s."""
SHORTEST = 3
"""Rows of one sample."""


class Damaged(RecogniserError):
    """A file that cannot be used."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One word or sentence as it was spoken once."""

    label: str
    """What was said, as it would be typed."""
    role: str
    """What it is in a sentence, see `items`."""
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """All that was taught in one language."""

    language: str
    samples: tuple[Sample, ...] = ()

    def labels(self) -> dict[str, int]:
        """Each label and how many samples it has, in the order in which they were taught."""
        found: dict[str, int] = {}
        for sample in self.samples:
            found[sample.label] = found.get(sample.label, 0) + 1
        return found

    def of(self, label: str) -> tuple[Sample, ...]:
        """The samples of a label."""
        return tuple(sample for sample in self.samples if sample.label == label)

    def plus(self, *samples: Sample) -> Taught:
        """With more samples."""
        return Taught(self.language, (*self.samples, *samples))

    def without_last(self, label: str) -> Taught:
        """Without the newest sample of a label."""
        at = max(at for at, sample in enumerate(self.samples) if sample.label == label)
        return Taught(self.language, (*self.samples[:at], *self.samples[at + 1 :]))

    def without(self, label: str) -> Taught:
        """Without a label."""
        kept = tuple(sample for sample in self.samples if sample.label != label)
        return Taught(self.language, kept)


def path_for(language: str) -> Path:
    """Where what was taught in a language is kept.

    Args:
        language: a two-letter code.
    """
    return state_dir() / "voice" / f"taught-{language}.npz"


def load(path: Path, language: str) -> Taught:
    """What was taught; nothing when there is no file.

    Raises:
        Damaged: the file is there, and cannot be used.
    """
    try:
        if not path.exists():
            return Taught(language)
        return _read(path, language)
    except RecogniserError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise Damaged("taught_damaged", path=path, why=str(error)) from error
    except Exception as error:  # what zlib and numpy raise for broken archives is not documented
        raise Damaged("taught_damaged", path=path, why=type(error).__name__) from error


def save(path: Path, taught: Taught) -> None:
    """Keep it: the old file stays until the new one is whole; readable for this user alone.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    rows = [sample.rows for sample in taught.samples]
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(handle, "wb") as file:
        np.savez_compressed(
            file,
            format=np.array(FORMAT),
            language=np.array(taught.language),
            labels=np.array([sample.label for sample in taught.samples], dtype=np.str_),
            roles=np.array([sample.role for sample in taught.samples], dtype=np.str_),
            lengths=np.array([len(one) for one in rows], dtype=np.int32),
            rows=np.vstack(rows) if rows else np.zeros((0, CEPSTRA), np.float32),
        )
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


_BINARY = getattr(os, "O_BINARY", 0)


def _read(path: Path, language: str) -> Taught:
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST:
        raise ValueError(f"{size} bytes are more than was ever written")
    with np.load(path, allow_pickle=False) as archive:
        made = int(archive["format"])
        if made != FORMAT:
            raise Damaged("taught_format", path=path, found=made, known=FORMAT)
        if str(archive["language"]) != language:
            raise ValueError(f"it is of the language {archive['language']}")
        labels, roles = _texts(archive["labels"]), _texts(archive["roles"])
        lengths, rows = archive["lengths"], archive["rows"]
    return Taught(language, tuple(_samples(labels, roles, lengths, rows)))


def _texts(array: NDArray[np.str_]) -> list[str]:
    if array.ndim != 1 or (array.size and array.dtype.kind != "U"):
        raise ValueError("labels are not texts")
    return [str(text) for text in array]


def _samples(
    labels: list[str],
    roles: list[str],
    lengths: NDArray[np.int32],
    rows: NDArray[np.float32],
) -> Iterable[Sample]:
    if rows.ndim != 2 or rows.shape[1] != CEPSTRA or rows.dtype != np.float32:
        raise ValueError("the rows have another shape")
    if not np.isfinite(rows).all():
        raise ValueError("there is a value that is no number")
    if lengths.ndim != 1 or lengths.dtype.kind != "i":
        raise ValueError("the lengths have another shape")
    if not len(labels) == len(roles) == len(lengths) or int(lengths.sum()) != len(rows):
        raise ValueError("its parts do not match")
    if len(lengths) and not SHORTEST <= lengths.min() <= lengths.max() <= LONGEST:
        raise ValueError("a sample is too short or too long")
    at = 0
    for label, role, length in zip(labels, roles, lengths.tolist(), strict=True):
        if not label.strip():
            raise ValueError("a sample has no label")
        yield Sample(label, role, rows[at : at + length])
        at += length
