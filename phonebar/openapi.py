"""The OpenAPI 3.1 document of the server: every request it takes, every answer it gives.

It is written by hand, beside the handlers, and tests hold the running server to it.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from phonebar.bodies import MAX_BYTES
from phonebar.hush import LONGEST_SECONDS
from phonebar.phonebook import MAX_TYPED
from phonebar.problems import MEDIA_TYPE
from phonebar.schemas import DIALLED, SESSION, Json, components, list_of, object_of, ref

_WHY = {
    400: "Something in the request is malformed, such as the number. Nothing was done.",
    401: "Strict mode, and the token is missing or wrong. Nothing was done.",
    403: "A page from elsewhere, another Host, or no token. Nothing was done.",
    404: "There is no such call. Nothing was done.",
    409: "The call or the line is not in a state that allows it. Nothing was done.",
    410: "X-Request-Deadline has passed. Nothing was done.",
    412: "If-Match: the session belongs to another call now. Nothing was done.",
    413: f"The body has more than {MAX_BYTES} bytes. Nothing was done.",
    415: "The body is not application/json. Nothing was done.",
    422: "Idempotency-Key was used for another request. Nothing was done.",
    503: "There are too many event streams.",
}
_ALWAYS = (400, 401, 403)
_COMMAND = (*_ALWAYS, 404, 409, 410, 412, 422)


def _responses(schema: Json, *problems: int, media: str = "application/json") -> Json:
    found: Json = {
        "200": {"description": "Done, or begun.", "content": {media: {"schema": schema}}}
    }
    for status in problems:
        found[str(status)] = {
            "description": _WHY[status],
            "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
        }
    return found


_GUARDS: Json = {
    "IfMatch": {
        "name": "If-Match",
        "description": "The call that is meant, by callId in quotes; for two sessions two of them.",
        "pattern": r'^"[0-9A-Za-z_-]{1,64}"(, "[0-9A-Za-z_-]{1,64}")*$',
        "example": '"5f3c0b6e2d9c4f2a9d0a4f1f5a7b8c9d"',
    },
    "Expected": {
        "name": "X-Expected-State",
        "description": "The state id that the call must be in, or a list of them.",
        "pattern": "^(0|1|2|4|8|16|32|64|128)(,(0|1|2|4|8|16|32|64|128))*$",
        "example": "8",
    },
    "Deadline": {
        "name": "X-Request-Deadline",
        "description": "Unix time in seconds after which the command must not be carried out.",
        "pattern": r"^[0-9]{1,12}(\.[0-9]{1,9})?$",
        "example": "4102444800",
    },
    "Key": {
        "name": "Idempotency-Key",
        "description": "A second request with it, within 10 minutes, gets the first one's answer.",
        "pattern": "^[!-~]{1,200}$",
        "example": "d0f1c5e2",
    },
}


def _parameters() -> Json:
    return {
        name: {
            "name": header["name"],
            "in": "header",
            "required": False,
            "description": header["description"],
            "schema": {"type": "string", "pattern": header["pattern"]},
        }
        for name, header in _GUARDS.items()
    }


def _in_path(name: str, schema: Json, what: str) -> Json:
    return {"name": name, "in": "path", "required": True, "description": what, "schema": schema}


_IN_PATH = {
    "session": _in_path("session", SESSION, "sessionId of a call"),
    "partner": _in_path("partner", SESSION, "sessionId of the call on hold"),
    "number": _in_path("number", DIALLED, "what to dial"),
}
_IN_QUERY: Json = {
    "name": "number",
    "in": "query",
    "required": True,
    "description": "Where to. A + is %2B; a bare one is understood, though it means a space.",
    "schema": DIALLED,
}


def _named(path: str) -> list[Json]:
    return [_IN_PATH[name] for name in _IN_PATH if f"{{{name}}}" in path]


def _command(path: str, *, quirks: bool) -> list[Json]:
    guards = [] if quirks else [{"$ref": f"#/components/parameters/{name}"} for name in _GUARDS]
    return [*_named(path), *guards]


def _vendor(*, quirks: bool) -> Json:
    call, calls = ref("Call"), list_of(ref("Call"))
    silent: Json = ref("Done")
    table: list[tuple[str, str, Json, Json]] = [
        ("/api/answer", "Answer the call that rings longest", call, call),
        ("/api/answer/{session}", "Answer that call", call, call),
        ("/api/originate/{number}", "Dial; an active call is put on hold first", call, silent),
        ("/api/hangup", "End every call", calls, calls),
        ("/api/hangup/{session}", "End that call", call, call),
        ("/api/hold", "Hold the active call, or retrieve the one on hold", call, call),
        ("/api/hold/{session}", "Hold that call if active, retrieve it if on hold", call, call),
        ("/api/transfer", "Transfer the active call", call, _either(call, silent)),
        ("/api/transfer/{session}", "Transfer that call", call, _either(call, silent)),
        (
            "/api/transfer/attendant/{session}/{partner}",
            "Connect the active call with one on hold, and leave",
            calls,
            _either(calls, silent),
        ),
        (
            "/api/conference",
            "Join the active call and the one on hold",
            calls,
            _either(calls, silent),
        ),
    ]
    paths: Json = {
        "/api/calls": {
            "get": {
                "summary": "Every call, by session",
                "operationId": "calls",
                "responses": _responses(calls, *_ALWAYS),
            }
        }
    }
    for path, summary, schema, quirky in table:
        transfers = path in ("/api/transfer", "/api/transfer/{session}")
        paths[path] = {
            "get": {
                "summary": summary,
                "operationId": _operation("get", path),
                "parameters": [
                    *_command(path, quirks=quirks),
                    *([_IN_QUERY] if transfers else []),
                ],
                "responses": _responses(quirky if quirks else schema, *_COMMAND),
            }
        }
    return paths


def _either(one: Json, other: Json) -> Json:
    return {"anyOf": [one, other]}


def _operation(method: str, path: str) -> str:
    words = path.replace("{", "by ").replace("}", "").replace("/", " ").split()
    return "-".join([method, *words])


def _reading() -> Json:
    people = list_of(ref("Person"))
    table: list[tuple[str, str, Json, tuple[int, ...]]] = [
        ("health", "Whether all is well, and what this server can do", ref("Health"), ()),
        ("session", "The token that POST needs; not told in strict mode", ref("Token"), ()),
        ("calls", "Every call, with the actions it allows", list_of(ref("CallNow")), ()),
        ("status", "Whether the person takes calls", ref("Status"), ()),
        ("hush", "Whether the microphone is kept from every call", ref("Hush"), ()),
        ("history", "The calls that are over, oldest first", list_of(ref("Ended")), ()),
        ("directory", "People whose names begin so, the first ones without q", people, ()),
        ("log", "Accepted commands and changes of state", list_of(ref("Entry")), ()),
    ]
    paths: Json = {}
    for name, summary, schema, problems in table:
        paths[f"/ext/v1/{name}"] = {
            "get": {
                "summary": summary,
                "operationId": f"get-{name}",
                "responses": _responses(schema, *_ALWAYS, *problems),
            }
        }
    paths["/ext/v1/log"]["get"]["parameters"] = [
        {
            "name": "since",
            "in": "query",
            "required": False,
            "description": "Only entries with a greater seq.",
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999_999},
        }
    ]
    paths["/ext/v1/directory"]["get"]["parameters"] = [
        {
            "name": "q",
            "in": "query",
            "required": False,
            "description": "What has been typed so far.",
            "schema": {"type": "string", "maxLength": MAX_TYPED},
        }
    ]
    paths["/ext/v1/events"] = {
        "get": {
            "summary": "Server-sent events: a snapshot, then the calls after each change",
            "operationId": "get-events",
            "responses": _responses({"type": "string"}, *_ALWAYS, 503, media="text/event-stream"),
        }
    }
    return paths


def _acting() -> Json:
    call, calls = ref("Call"), list_of(ref("Call"))
    number = {"number": DIALLED}
    digits = {"digits": {"type": "string", "pattern": "^[0-9A-D*#]{1,32}$"}}
    pair = {"type": "array", "items": SESSION, "minItems": 2, "maxItems": 2, "uniqueItems": True}
    seconds = {"type": "number", "minimum": 0, "maximum": 86_400}
    one = "calls/{session}/"
    table: list[tuple[str, str, Json, Json]] = [
        ("status", "Say whether the person takes calls", {}, ref("Status")),
        (
            "hush",
            "Keep the microphone from every call for some seconds; 0 ends that",
            {"seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_SECONDS}},
            ref("Hush"),
        ),
        ("calls", "Dial", number, call),
        ("conference", "Join the active call and that one on hold", {"sessions": pair}, calls),
        (one + "answer", "Answer", {}, call),
        (one + "hangup", "Hang up, cancel or decline", {}, call),
        (one + "reject", "Decline a ringing call", {}, call),
        (one + "hold", "Put on hold, never the other way round", {}, call),
        (one + "resume", "Take off hold", {}, call),
        (one + "mute", "Keep the microphone from the far end", {}, call),
        (one + "unmute", "Let the microphone be heard again", {}, call),
        (one + "dtmf", "Send tones", digits, call),
        (one + "transfer", "Blind transfer", number, call),
        (one + "deflect", "Send a ringing call elsewhere", number, call),
        (one + "attended", "Connect with a call on hold", {"partner": SESSION}, calls),
        ("simulate/incoming", "Somebody calls", number, call),
        ("simulate/answer", "The far end answers", {"session": SESSION}, call),
        ("simulate/hangup", "The far end hangs up", {"session": SESSION}, call),
        ("simulate/ring", "The far end rings", {"session": SESSION}, call),
        ("simulate/busy", "The far end is busy", {"session": SESSION}, call),
        ("simulate/vanish", "The call is gone at once", {"session": SESSION}, call),
        (
            "simulate/transfer",
            "The far end transfers us",
            {"session": SESSION, **number},
            call,
        ),
        ("simulate/advance", "Let time pass", {"seconds": seconds}, calls),
    ]
    paths: Json = {}
    for name, summary, body, schema in table:
        path = f"/ext/v1/{name}"
        wanted = ref("Status") if name == "status" else object_of(body, closed=True)
        paths[path] = {
            "post": {
                "summary": summary,
                "operationId": _operation("post", name),
                "security": [{"token": []}, {"bearer": []}],
                "parameters": _command(path, quirks=False),
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": wanted}},
                },
                "responses": _responses(schema, *_COMMAND, 413, 415),
            }
        }
    return paths


def document(*, quirks: bool = False) -> Json:
    """The whole document, as `/openapi.json` shows it.

    Args:
        quirks: that of a server that is as silent as the vendor's, without `/ext`.
    """
    paths = _vendor(quirks=quirks)
    if not quirks:
        for path, operations in [*_reading().items(), *_acting().items()]:
            paths[path] = {**paths.get(path, {}), **operations}
    try:
        release = version("phonebar-assistant")
    except PackageNotFoundError:
        release = "0"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Phonebar",
            "version": release,
            "description": (
                "The vendor's Phonebar API under /api, and what it lacks under /ext/v1. "
                "A command answers what was begun; /api/calls shows what became of it."
            ),
        },
        "paths": paths,
        "components": {
            "schemas": components(quirks=quirks),
            "parameters": {} if quirks else _parameters(),
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "X-Phonebar-Token"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }
