"""What proves to Slack who this is.

SlackSetupError(Exception)   the surface cannot be started; `message` names what to tell
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.secret import secret


class SlackSetupError(Exception):
    """The surface cannot be started.

    Args:
        message: names the message that says what is wrong and how to mend it.
    """

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message, self.details = message, details


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves to Slack who this is."""

    bot: str
    app: str | None = None
    signing: str | None = None
    user: str | None = None

    @classmethod
    def find(cls, *, http: bool, status: bool) -> Secrets:
        """From the environment or the keyring.

        Raises:
            SlackSetupError: one that is needed is missing.
        """
        bot = secret("SLACK_BOT_TOKEN")
        app = None if http else secret("SLACK_APP_TOKEN")
        signing = secret("SLACK_SIGNING_SECRET") if http else None
        user = secret("SLACK_USER_TOKEN") if status else None
        needed = {
            "SLACK_BOT_TOKEN": bot,
            ("SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN"): signing if http else app,
            **({"SLACK_USER_TOKEN": user} if status else {}),
        }
        for name, value in needed.items():
            if not value:
                raise SlackSetupError("cli_slack_no_token", name=name)
        return cls(str(bot), app, signing, user)
