"""An exchange for tests: whoever a scenario file says is at the far ends, over real SIP.

    python -m tests.phonebar.sip.exchange SCENARIO PORT TELEPHONE_PORT [CERTIFICATE SRTP]

It is told by lines at its standard input who calls in (`call NUMBER`), what to record of what each
far end hears (`record PATH`, to PATH-NUMBER.wav, until `still`), and leaves at their end. It says
which numbers it was asked for (`dialled NUMBER`). Every far end whistles a tone of its own:
`hertz_of` its number.
With a certificate (a PEM file with its key) it speaks TLS, with SRTP `off` or `mandatory`.
Numbers that are dialled behave as in the scenario; a REFER is obeyed, as a PBX does.
"""

from __future__ import annotations

import contextlib
import gc
import heapq
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pjsua2 as pj

from phonebar.scenario import Outcome, load
from tests.phonebar.sip.phones import eventually

CODES = {
    Outcome.BUSY: 486,
    Outcome.REJECTS: 603,
    Outcome.UNKNOWN: 404,
    Outcome.UNREACHABLE: 503,
}

MAX_CALLS = 4
"""As many as the wheels are compiled for."""
AFTER_TRANSFER = 0.5
"""Seconds that those who were transferred talk to each other; both ends are here, and take room."""


def hertz_of(number: str) -> int:
    """The tone of a far end."""
    return 400 + 150 * int(number[-1])


class Leg(pj.Call):  # type: ignore[misc]
    """One call at the exchange."""

    def __init__(self, exchange: Exchange, number: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(exchange.account, number)
        self.exchange = exchange
        self.hangs_up_after: float | None = None
        self.number = ""
        self.whistle: Any = None
        self.recorder: Any = None
        exchange.legs.append(self)

    def onCallState(self, _param: Any) -> None:  # noqa: N802
        state = self.getInfo().state
        if state == pj.PJSIP_INV_STATE_CONFIRMED and self.hangs_up_after is not None:
            self.exchange.later(self.hangs_up_after, lambda: self.finish(0))
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.exchange.gone(self)

    def onCallMediaState(self, _param: Any) -> None:  # noqa: N802
        info = self.getInfo()
        flowing = any(item.status == pj.PJSUA_CALL_MEDIA_ACTIVE for item in info.media)
        if not flowing or not self.number:
            return
        if self.whistle is None:
            tone = pj.ToneDesc()
            tone.freq1, tone.on_msec, tone.volume = hertz_of(self.number), 1000, 8000
            tones = pj.ToneDescVector()
            tones.append(tone)
            self.whistle = pj.ToneGenerator()
            self.whistle.createToneGenerator(16000, 1)
            self.whistle.play(tones, True)
        self.whistle.startTransmit(self.getAudioMedia(-1))

    def record(self, path: str) -> None:
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(f"{path}-{self.number}.wav")
        self.getAudioMedia(-1).startTransmit(self.recorder)

    def onCallTransferRequest(self, param: Any) -> None:  # noqa: N802
        param.statusCode = 202
        param.newCall = Leg(self.exchange)
        param.newCall.hangs_up_after = AFTER_TRANSFER

    def onCallReplaceRequest(self, param: Any) -> None:  # noqa: N802
        param.statusCode = 200

    def onCallReplaced(self, param: Any) -> None:  # noqa: N802
        Leg(self.exchange, param.newCallId)

    def reply(self, code: int) -> None:
        if self in self.exchange.legs:
            param = pj.CallOpParam(True)
            param.statusCode = code
            self.answer(param)

    def finish(self, code: int) -> None:
        if self in self.exchange.legs:
            param = pj.CallOpParam()
            param.statusCode = code
            self.hangup(param)


class Everyone(pj.Account):  # type: ignore[misc]
    """Whoever is dialled."""

    exchange: Exchange

    def onIncomingCall(self, param: Any) -> None:  # noqa: N802
        exchange, leg = self.exchange, Leg(self.exchange, param.callId)
        dialled = leg.getInfo().localUri.partition("sip:")[2].partition("@")[0]
        leg.number = dialled
        print(f"dialled {dialled}", flush=True)
        far = exchange.scenario.far_end(dialled)
        if far.outcome in {Outcome.ANSWERS, Outcome.REJECTS, Outcome.NEVER_ANSWERS}:
            exchange.later(far.rings_after, lambda: leg.reply(180))
        if far.outcome is Outcome.ANSWERS:
            leg.hangs_up_after = far.hangs_up_after
            exchange.later(far.seconds, lambda: leg.reply(200))
        elif far.outcome is not Outcome.NEVER_ANSWERS:
            exchange.later(far.seconds, lambda: leg.finish(CODES[far.outcome]))


class Exchange:
    """Plays one scenario.

    Args:
        scenario: its file.
        port: where it listens.
        telephone: where whoever calls in calls.
        certificate: of a TLS server, with its key; empty for UDP.
        srtp: `off` or `mandatory`.
    """

    def __init__(
        self, scenario: Path, port: int, telephone: int, certificate: str = "", srtp: str = "off"
    ) -> None:
        self._certificate, self._srtp = certificate, srtp
        self.scenario = load(scenario)
        self.legs: list[Leg] = []
        self.account: Any = None
        self._port, self._telephone = port, telephone
        self._past: list[Leg] = []
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (time.monotonic() + seconds, self._count, action))

    def gone(self, leg: Leg) -> None:
        if leg in self.legs:
            self.legs.remove(leg)
            self._past.append(leg)

    def run(self, orders: queue.SimpleQueue[str | None]) -> None:
        endpoint = pj.Endpoint()
        endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.medConfig.sndAutoCloseTime = -1
        endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = self._port, "127.0.0.1"
        kind = pj.PJSIP_TRANSPORT_TLS if self._certificate else pj.PJSIP_TRANSPORT_UDP
        transport.tlsConfig.certFile = transport.tlsConfig.privKeyFile = self._certificate
        endpoint.transportCreate(kind, transport)
        endpoint.libStart()
        endpoint.audDevManager().setNullDev()
        self.account = Everyone()
        self.account.exchange = self
        self._be("exchange")
        print("ready", flush=True)
        while (order := self._next(orders)) is not None:
            self._do(order)
            endpoint.libHandleEvents(5)
            self._past.clear()
            while self._due and self._due[0][0] <= time.monotonic():
                heapq.heappop(self._due)[2]()
        # What PJSIP still has must not be let go of after it: the process simply ends.
        os._exit(0)

    def _be(self, user: str) -> None:
        config = pj.AccountConfig()
        config.idUri = f"sip:{user}@127.0.0.1:{self._port}"
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        if self._srtp == "mandatory":
            config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
        if self.account.isValid():
            self.account.modify(config)
        else:
            self.account.create(config)

    def _do(self, order: str) -> None:
        what, _, which = order.partition(" ")
        if what == "call":
            self._call(which)
        elif what == "record":
            for leg in self.legs:
                leg.record(which)
        elif what == "still":
            for leg in self.legs:
                leg.recorder = None
            gc.collect()
            print("stilled", flush=True)

    def _call(self, number: str) -> None:
        if len(self.legs) >= MAX_CALLS:
            self.later(0.1, lambda: self._call(number))
            return
        self._be(number)
        leg = Leg(self)
        leg.number = number
        leg.makeCall(f"sip:100@127.0.0.1:{self._telephone}", pj.CallOpParam(True))

    @staticmethod
    def _next(orders: queue.SimpleQueue[str | None]) -> str | None:
        try:
            return orders.get_nowait()
        except queue.Empty:
            return ""


class Remote:
    """An exchange in a process of its own."""

    def __init__(self, scenario: Path, port: int, telephone: int, *security: str) -> None:
        command = [sys.executable, "-m", "tests.phonebar.sip.exchange"]
        self._process = subprocess.Popen(
            [*command, str(scenario), str(port), str(telephone), *security],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._says: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._until("ready")

    def call(self, number: str) -> None:
        """Have somebody call in."""
        self._order(f"call {number}")

    def record(self, path: Path) -> None:
        """Record what each far end hears from now on, to PATH-NUMBER.wav."""
        self._order(f"record {path}")

    def still(self) -> None:
        """End the recordings; returns when they can be read."""
        self._says.clear()
        self._order("still")
        self._until("stilled")

    @property
    def dialled(self) -> list[str]:
        """What it was asked for since it was last told to be still, in order."""
        return [line.split()[1] for line in self._says if line.startswith("dialled ")]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _order(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._says.extend(iter(self._process.stdout.readline, ""))

    def _until(self, word: str) -> None:
        eventually(
            lambda: any(line.strip().endswith(word) for line in self._says),
            lambda: (self._says, self._process.poll()),
        )


@contextlib.contextmanager
def exchange(scenario: Path, port: int, telephone: int, *security: str) -> Iterator[Remote]:
    """An exchange until the end of the block; see `Exchange` for the arguments."""
    found = Remote(scenario, port, telephone, *security)
    try:
        yield found
    finally:
        found.close()


def _read(orders: queue.SimpleQueue[str | None]) -> None:
    for line in sys.stdin:
        orders.put(line.strip())
    orders.put(None)


if __name__ == "__main__":
    gc.disable()
    asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked,), daemon=True).start()
    Exchange(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]).run(asked)
