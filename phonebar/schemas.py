"""JSON Schemas of what the server takes and gives: the `components` of its OpenAPI document."""

from __future__ import annotations

from typing import Any

from phonebar.leg import Reason
from phonebar.protocol import CallState
from phonebar.rules import Action
from phonebar.simulator import NAME as SIMULATOR

Json = dict[str, Any]

NUMBER = r"^\+?[0-9*#]{1,31}$"
"""A little stricter than `is_number`, which takes 32 characters when there is no plus."""

DIALLED: Json = {"type": "string", "pattern": NUMBER, "example": "12498398500"}
SESSION: Json = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
_TIME: Json = {"type": "number", "description": "Unix time in seconds"}


def ref(name: str) -> Json:
    """A reference to the schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _maybe(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def object_of(properties: Json, *, closed: bool = False) -> Json:
    """An object that has all of `properties`, and nothing else if it is `closed`."""
    schema: Json = {"type": "object", "properties": properties}
    if properties:
        schema["required"] = list(properties)
    if closed:
        schema["additionalProperties"] = False
    return schema


def list_of(schema: Json) -> Json:
    """A list of such."""
    return {"type": "array", "items": schema}


_DOCUMENTED: Json = {
    "sessionId": {**SESSION, "description": "Used again after the call is gone."},
    "callingNumber": {"type": "string"},
    "duration": {"type": "integer", "minimum": 0, "description": "Seconds since the answer."},
    "stateId": {
        "type": "integer",
        "enum": [int(state) for state in CallState],
        "description": ", ".join(f"{state.name} {int(state)}" for state in CallState),
    },
    "incoming": {"type": "boolean"},
}
_OURS: Json = {
    "callId": {"type": "string", "description": "Never used again."},
    "state": {"type": "string", "enum": [state.name.lower() for state in CallState]},
    "startedAt": _TIME,
    "answeredAt": _maybe(_TIME),
    "muted": {"type": "boolean"},
    "reason": _maybe({"type": "string", "enum": [reason.value for reason in Reason]}),
    "conference": {"type": "boolean"},
}
_MILLISECONDS: Json = {"type": "number", "minimum": 0, "description": "Milliseconds."}
_PER_CENT: Json = {"type": "number", "minimum": 0, "maximum": 100, "description": "Per cent."}
_LEVEL: Json = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: Json = {"type": "integer", "minimum": 0}
_QUALITY: Json = {
    "type": "object",
    "description": "From RTCP (RFC 3550); `mos` is estimated by the E-model (ITU-T G.107).",
    "properties": {
        "codec": {"type": "string"},
        "received": _COUNT,
        "lost": _PER_CENT,
        "jitter": _MILLISECONDS,
        "buffer": _MILLISECONDS,
        "sent": _COUNT,
        "lostThere": _PER_CENT,
        "jitterThere": _MILLISECONDS,
        "roundTrip": _MILLISECONDS,
        "heard": _LEVEL,
        "spoken": _LEVEL,
        "mos": {"type": "number", "minimum": 1, "maximum": 4.5},
    },
}
_OPTIONAL: Json = {
    "recorded": {"type": "boolean", "description": "It is being recorded."},
    "referred": {
        "type": "boolean",
        "description": "Dialled because the far end of another call sent us on (REFER).",
    },
    "quality": _QUALITY,
    "note": {"type": "string", "description": "A remark for whoever reads this."},
    "transferError": {"type": "string", "description": "Why the last transfer failed."},
}


def components(*, quirks: bool) -> Json:
    """The schemas of the document's `components`, by name.

    Args:
        quirks: those of a server that is as silent as the vendor's.
    """
    problem = object_of(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        }
    )
    if quirks:
        done = object_of({"success": {"type": "boolean"}})
        return {"Call": object_of(_DOCUMENTED), "Problem": problem, "Done": done}
    call: Json = {
        "type": "object",
        "properties": {**_DOCUMENTED, **_OURS, **_OPTIONAL},
        "required": [*_DOCUMENTED, *_OURS],
    }
    allowed = list_of({"type": "string", "enum": [action.value for action in Action]})
    text = {"type": "string"}
    entry = {
        "seq": {"type": "integer", "minimum": 1},
        "at": _TIME,
        "kind": {"type": "string", "enum": ["command", "state", "report"]},
        "what": text,
        "callId": _maybe(text),
        "sessionId": _maybe(SESSION),
        "number": _maybe(text),
        "key": _maybe(text),
        "reason": _maybe(text),
    }
    ended = {
        "callId": text,
        "number": text,
        "name": _maybe(text),
        "direction": {"type": "string", "enum": ["incoming", "outgoing"]},
        "started": _TIME,
        "answered": _maybe(_TIME),
        "ended": _TIME,
        "duration": {"type": "integer", "minimum": 0},
        "reason": {"type": "string", "enum": [reason.value for reason in Reason]},
        "quality": _maybe(_QUALITY),
    }
    number = {"number": text, "label": text}
    status = {"type": "string", "enum": ["ready", "pause"]}
    health = {
        "status": {"const": "ok"},
        "name": {"const": "phonebar"},
        "backend": {"type": "string", "examples": [SIMULATOR]},
        "instance": {"type": "string", "description": "Another one after each start."},
        "features": list_of(text),
        "maxCalls": {"type": "integer", "minimum": 1},
        "calls": {"type": "integer", "minimum": 0},
    }
    telephone = {
        "up": {"type": "boolean", "description": "The telephone process runs."},
        "registered": {"type": "boolean"},
        "code": {"type": "integer", "description": "The registrar's last SIP status, or 0."},
        "reason": text,
        "seen": {"type": "string", "description": "Our address as the registrar sees it."},
        "port": {"type": "integer"},
        "codecs": list_of(text),
        "restarts": {"type": "integer", "minimum": 0},
    }
    shown = object_of(health)
    shown["properties"] = {**health, "telephone": object_of(telephone)}
    return {
        "Call": call,
        "CallNow": {"allOf": [ref("Call"), object_of({"name": _maybe(text), "allowed": allowed})]},
        "Person": object_of({"name": text, "numbers": list_of(object_of(number))}),
        "Problem": problem,
        "Entry": object_of(entry),
        "Ended": object_of(ended),
        "Health": shown,
        "Status": object_of({"status": status}, closed=True),
        "Hush": object_of({"hushed": {"type": "boolean"}}),
        "Token": object_of({"token": text, "header": {"const": "X-Phonebar-Token"}}),
    }
