"""Sound devices: which there are, and which one is meant.

NoDevice(Exception)   nothing to play on, or to hear with
NoLibrary(Exception)  sounddevice, numpy or PortAudio is not installed
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import sys
import threading
from collections.abc import Iterator
from typing import Any, Literal


class NoDevice(Exception):
    """There is no such device, or none of the name that is configured."""


class NoLibrary(Exception):
    """What plays sound is not installed: the extra `sound`, or on Linux PortAudio."""


Kind = Literal["output", "input"]
"""Loudspeakers, or microphones."""

_held = 0
_lock = threading.Lock()


def library() -> Any:
    """The module `sounddevice`, imported when it is first used.

    Raises:
        NoLibrary: it, numpy, or the PortAudio that it needs, is missing.
    """
    try:
        import numpy as np  # noqa: F401 - what is played is made with it
        import sounddevice
    except (ImportError, OSError) as error:
        raise NoLibrary(str(error)) from error
    _quieten_alsa()
    return sounddevice


@functools.cache
def _quieten_alsa() -> Any:
    """Keep ALSA from writing its own remarks to the terminal that somebody reads or hears.

    Returns what must live as long as the process: the handler that ALSA then calls.
    """
    if sys.platform != "linux":
        return None
    kind = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
    )

    def ignore(*_: object) -> None:
        pass

    handler = kind(ignore)
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)
    except (OSError, AttributeError):
        return None
    return handler


def output(name: str = "") -> tuple[int, dict[str, Any]]:
    """The device to play on: its number, and what PortAudio knows of it.

    Args:
        name: a part of its name, in any case; empty for the system's default.

    Raises:
        NoDevice: there is none, or none of that name.
        NoLibrary: see `library`.
    """
    return _device("output", name)


def microphone(name: str = "") -> tuple[int, dict[str, Any]]:
    """The device to hear with, as `output`; raises the same."""
    return _device("input", name)


def _device(kind: Kind, name: str) -> tuple[int, dict[str, Any]]:
    """On Windows WASAPI's default, because the older interfaces take a tenth of a second."""
    sd = library()
    try:
        devices = [item for item in sd.query_devices() if item[f"max_{kind}_channels"] > 0]
        wasapi = [api for api in sd.query_hostapis() if api["name"] == "Windows WASAPI"]
        own = sd.default.device[("input", "output").index(kind)]
        first = wasapi[0][f"default_{kind}_device"] if wasapi else own
        if wasapi:  # each device appears once for every interface
            theirs = set(wasapi[0]["devices"])
            devices.sort(key=lambda item: item["index"] not in theirs)
    except sd.PortAudioError as error:
        raise NoDevice(str(error)) from error
    if name:
        devices = [item for item in devices if name.casefold() in item["name"].casefold()]
        first = -1
    found = next((item for item in devices if item["index"] == first), None)
    found = found or next(iter(devices), None)
    if found is None:
        raise NoDevice(name)
    return found["index"], found


def settings(found: dict[str, Any]) -> Any:
    """What else PortAudio must be told to use that device at our rate; None is nothing."""
    sd = library()
    api = sd.query_hostapis(found["hostapi"])["name"]
    return sd.WasapiSettings(auto_convert=True) if api == "Windows WASAPI" else None


@contextlib.contextmanager
def holding() -> Iterator[None]:
    """To be held while any stream but the player's is open in this process."""
    global _held  # noqa: PLW0603 - PortAudio is one for the whole process
    with _lock:
        _held += 1
    try:
        yield
    finally:
        with _lock:
            _held -= 1


def look_again() -> bool:
    """Let PortAudio list the devices anew, which it does only when it starts.

    All streams of the process end with it, so it is not done while another is held: False then.
    """
    sd = library()
    with _lock:
        if _held:
            return False
        # There is no public way; this is what sounddevice itself does at its start and end.
        sd._terminate()
        sd._initialize()
        return True


def names(kind: Kind = "output") -> list[str]:
    """The names of all devices of a kind."""
    devices = library().query_devices()
    return sorted({item["name"] for item in devices if item[f"max_{kind}_channels"] > 0})
