"""Who hears whom: the calls, the microphone and the speaker in PJSIP's bridge.

For the stack's thread only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pjsua2 as pj

from phonebar.sip.sound import Sound
from phonebar.sip.taping import Taping

if TYPE_CHECKING:
    from phonebar.sip.callbacks import Leg


class Mixer:
    """Connects calls with this PC's sound and with each other.

    Args:
        sound: this PC's devices.
        taping: what records.
    """

    def __init__(self, sound: Sound, taping: Taping) -> None:
        self._sound, self._taping = sound, taping
        self._hushed = False

    def connect(self, leg: Leg) -> None:
        """Connect the call with the microphone and the speaker, as far as it may be heard."""
        if not has_sound(leg):
            return
        heard, headset = leg.getAudioMedia(-1), self._sound.headset
        heard.startTransmit(headset)
        spoken = not (leg.muted or self._hushed)
        if spoken:
            headset.startTransmit(heard)
        else:
            headset.stopTransmit(heard)
        self._taping.connect(leg, heard, headset, spoken)

    def hush(self, on: bool, legs: Collection[Leg]) -> None:
        """Keep the microphone from every call there is and comes, or let it be heard again.

        Args:
            on: keep it.
            legs: the calls that there are now.
        """
        self._hushed = on
        for leg in legs:
            self.connect(leg)

    def join(self, leg: Leg, other: Leg) -> None:
        """Let two calls hear each other, and us."""
        one, two = leg.getAudioMedia(-1), other.getAudioMedia(-1)
        one.startTransmit(two)
        two.startTransmit(one)
        self.connect(leg)

    def part(self, leg: Leg, other: Leg) -> None:
        """Let two calls hear each other no more."""
        if has_sound(leg) and has_sound(other):
            one, two = leg.getAudioMedia(-1), other.getAudioMedia(-1)
            one.stopTransmit(two)
            two.stopTransmit(one)

    def tune(self, legs: Collection[Leg]) -> None:
        """Open the devices while there are calls, and ring as befits them."""
        self._sound.talking(bool(legs))
        self._taping.look()
        for leg in legs:
            if self._taping.wanted(leg):
                self.connect(leg)
        talking = any(leg.confirmed for leg in legs)
        if any(leg.incoming and not leg.confirmed for leg in legs):
            self._sound.ring("waiting" if talking else "ring")
        elif any(leg.rings and not leg.confirmed and not has_sound(leg) for leg in legs):
            self._sound.ring("ringback")
        else:
            self._sound.ring("")

    def ended(self, leg: Leg) -> None:
        """The call is over."""
        self._taping.end(leg, self._sound.headset)

    def close(self) -> None:
        """Let go of every device and file."""
        self._taping.close()
        self._sound.close()


def has_sound(leg: Leg) -> bool:
    """Whether the call's sound flows both ways."""
    if leg.over:
        return False
    info = leg.getInfo()  # it owns its media: as a temporary it would be gone before they are read
    return any(
        item.type == pj.PJMEDIA_TYPE_AUDIO and item.status == pj.PJSUA_CALL_MEDIA_ACTIVE
        for item in info.media
    )
