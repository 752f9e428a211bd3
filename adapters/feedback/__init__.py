"""What a person at this PC hears and reads, whichever surface they use: earcons, speech, lines."""
