"""The Slack surface: commands in messages, and a card that follows each call."""
