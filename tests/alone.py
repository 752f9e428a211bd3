"""A machine to oneself: a test marked `alone` runs while no other test of this machine does.

Sound and presses in real time come apart when other processes take the processor for a second. The
tests that need it quiet are marked; every other test shares the machine as before. Where there are
no such locks (Windows) nobody waits for anybody.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":

    @contextmanager
    def room(alone: bool) -> Iterator[None]:
        """Share the machine."""
        yield

else:
    import fcntl
    import os

    ROOM = Path(tempfile.gettempdir()) / f"phonebar-tests-{os.getuid()}-room.lock"
    DOOR = ROOM.with_name(ROOM.name.replace("room", "door"))

    @contextmanager
    def room(alone: bool) -> Iterator[None]:
        """Have the machine, alone or with others who do not mind, until the end of the block.

        Whoever wants it alone waits in the door, so that nobody comes in meanwhile, until all who
        are in the room have left it.
        """
        with ROOM.open("a") as inside:
            with DOOR.open("a") as door:
                fcntl.flock(door, fcntl.LOCK_EX)
                fcntl.flock(inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
