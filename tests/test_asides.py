"""What other surfaces understand is asked of them first; what a key or a button means is not."""

from __future__ import annotations

from assistant.asides import AsideReply
from assistant.contract import Command, Status, Utterance
from tests.desk import Desk


def knows(word: str, status: Status = Status.DONE) -> object:
    return lambda text, _: AsideReply(status, (f"{word}!", "")) if text == word else None


def test_whoever_knows_it_answers_and_nothing_else_is_done(phone: Desk) -> None:
    phone.assistant.asides.add(knows("call sales"))
    phone.assistant.asides.add(knows("call sales", Status.FAILED))
    reply = phone.say("call sales")
    assert (reply.status, reply.text) == (Status.DONE, "call sales!")
    assert phone.deeds() == []
    assert phone.say("call maria rossi").status is Status.DONE


def test_who_has_left_is_not_asked(phone: Desk) -> None:
    leave = phone.assistant.asides.add(knows("listen"))
    assert phone.say("listen").text == "listen!"
    leave()
    assert phone.say("listen").status is not Status.DONE


def test_a_command_that_is_no_text_is_none_of_theirs(phone: Desk) -> None:
    phone.assistant.asides.add(lambda text, _: AsideReply(Status.DONE, (f"<{text}>", "")))
    target = {"number": "200"}
    said = Utterance("", surface="cli", command=Command("call", {"target": target}))
    assert "<" not in phone.assistant.handle(said).text
    assert len(phone.deeds()) == 1
