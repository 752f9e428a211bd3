"""Keys, buttons and switches of this PC, whichever surface they are for."""
