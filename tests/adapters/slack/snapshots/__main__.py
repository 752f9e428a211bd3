"""Writes the snapshots anew."""

from __future__ import annotations

import sys

from tests.adapters.slack.snapshots import write

sys.stdout.write(f"{len(write())} files\n")
