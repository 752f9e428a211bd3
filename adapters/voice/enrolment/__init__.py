"""A user teaches how they speak, and is recognised by that: what a general engine gets wrong."""
