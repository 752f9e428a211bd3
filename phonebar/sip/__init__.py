"""Real calls over SIP: a telephone stack in a child process, behind the line's `Backend`."""
