"""How a call of the stack sounds: PJSIP's figures of RTP, RTCP and the jitter buffer.

Source: RFC 3550; pjmedia's rtcp.h (microseconds) and jbuf.h (milliseconds).
"""

from __future__ import annotations

from typing import Any

from phonebar.quality import Quality

LOUDEST = 255
"""PJSIP's level of the loudest sound."""


def measured(call: Any) -> Quality:
    """Measure a call whose sound flows.

    Args:
        call: a `pjsua2.Call`; on the thread of the stack.
    """
    info = call.getInfo()  # it owns its media
    number = next(item.index for item in info.media)
    statistics, stream = call.getStreamStat(number), call.getStreamInfo(number)
    here, there = statistics.rtcp.rxStat, statistics.rtcp.txStat
    sound = call.getAudioMedia(number)
    late = statistics.jbuf.discard
    return Quality(
        codec=f"{stream.codecName}/{stream.codecClockRate}",
        received=here.pkt,
        lost=_per_cent(here.loss + late, here.pkt + here.loss),
        jitter=here.jitterUsec.mean / 1000,
        buffer=float(statistics.jbuf.avgDelayMsec),
        sent=there.pkt,
        lost_there=_per_cent(there.loss, there.pkt),
        jitter_there=there.jitterUsec.mean / 1000,
        round_trip=statistics.rtcp.rttUsec.mean / 1000,
        heard=sound.getTxLevel() / LOUDEST,
        spoken=sound.getRxLevel() / LOUDEST,
    )


def _per_cent(part: int, whole: int) -> float:
    return round(min(100.0, 100 * part / whole), 2) if whole else 0.0
