"""What was said becomes what happens: the core, free of Slack, keys and microphones."""
