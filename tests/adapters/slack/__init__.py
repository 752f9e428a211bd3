"""A Slack on loopback, against which the real Bolt app and the real SDK run unpatched.

`fake.Slack` is where to begin, and `test_fake_scenario.py` shows how tests with it read.
"""
