"""Whose people are served: those of the app's own workspace, if the configuration lets it."""

from __future__ import annotations

from assistant.settings import SlackSection


def refusal(team: str, own: str, settings: SlackSection) -> str:
    """Names the message that says why nobody of a workspace is served; empty if they are.

    Args:
        team: the workspace.
        own: the one that the app is installed in.
        settings: which ones may.
    """
    if team != own:
        return "slack_stranger"
    if settings.teams and team not in settings.teams:
        return "slack_wrong_team"
    return ""
