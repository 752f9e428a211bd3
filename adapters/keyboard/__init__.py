"""Hotkeys: one key after another, anywhere on this PC."""
