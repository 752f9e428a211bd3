"""One sitting at the text surface: chooses the terminal or plain lines, a voice or silence."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

from adapters.feedback.feedback import Feedback
from adapters.feedback.news import News
from adapters.feedback.ringing import ringing
from adapters.feedback.session import open_feedback
from adapters.headless.console import Console, plain_lines, plain_out, terminal
from assistant.assistant import Assistant


def converse(
    assistant: Assistant,
    *,
    plain: bool = False,
    json_lines: bool = False,
    speak: bool = False,
    welcome: str = "welcome",
    settle: Callable[[], None] | None = None,
    feedback: Feedback | None = None,
    news: News | None = None,
) -> None:
    """Talk with the person at standard input and output until they leave.

    Args:
        assistant: who answers; started already.
        plain: no line editing and no cursor movement even on a terminal.
        json_lines: JSON Lines both ways.
        speak: say everything aloud as well, with earcons.
        welcome: the name of the first message.
        settle: called before each line that comes from a pipe.
        feedback: what speaks, if it is opened already; whoever opened it closes it.
        news: what other surfaces of the same person tell; None when there are none.
    """
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not (plain or json_lines)
    with contextlib.ExitStack() as stack:
        opened = None
        if speak and feedback is None:
            feedback = opened = open_feedback(assistant.config, assistant.wording())
            stack.callback(opened.close)
            stack.enter_context(ringing(assistant, opened))
        typed = terminal(feedback.hush if feedback else lambda: None) if interactive else None
        lines = stack.enter_context(typed) if typed else plain_lines(sys.stdin)
        piped = not sys.stdin.isatty()
        console = Console(
            assistant,
            lines,
            plain_out,
            json_lines=json_lines,
            feedback=feedback,
            news=news,
            before_line=settle if settle and piped else lambda: None,
        )
        console.run(welcome)
        if opened is not None:
            opened.close(finish=not interactive)
