"""The text surface: a line in, lines out."""
