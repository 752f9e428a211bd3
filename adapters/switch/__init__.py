"""The phone with a single switch: what can be done now is offered one item after the other."""
