"""The OpenAPI paths of messages and signals."""

from __future__ import annotations

from runner.engine.elements.messages import LONGEST
from runner.engine.senders import LONGEST_ID
from runner.web.api.openapi_parts import VALUES, VARIABLES, Schema, post
from runner.web.api.sending import LONGEST_LIFE_MS

_REPEATED: Schema = {
    "type": "boolean",
    "description": "This call did nothing: the answer is that of the first with this id.",
}
_ID: Schema = {
    "type": "string",
    "maxLength": LONGEST_ID,
    "default": "",
    "description": "A second call of this token with the same name, key and id does nothing. Left "
    "out: every call is another one.",
}

SENDING: Schema = {
    "/api/v1/messages": post(
        "Publish a message",
        {
            "name": {"type": "string", "minLength": 1, "maxLength": LONGEST},
            "correlationKey": {"type": "string", "maxLength": LONGEST, "default": ""},
            "variables": VARIABLES,
            "messageId": _ID,
            "timeToLive": {
                "type": "integer",
                "minimum": 0,
                "maximum": LONGEST_LIFE_MS,
                "default": 0,
                "description": "Milliseconds it is kept where nothing waits for it yet.",
            },
            "values": VALUES,
        },
        ("name",),
        {
            "state": {
                "enum": ["correlated", "started", "kept", "noted"],
                "description": "Received by an element that waited; began a case; kept for a "
                "while; written to the case with this acceptance number, which asks later.",
            },
            "repeated": _REPEATED,
            "caseId": {"type": ["string", "null"]},
            "elementId": {"type": ["string", "null"]},
        },
    ),
    "/api/v1/signals": post(
        "Broadcast a signal",
        {
            "signalName": {"type": "string", "minLength": 1, "maxLength": LONGEST},
            "variables": VARIABLES,
            "signalId": _ID,
            "values": VALUES,
        },
        ("signalName",),
        {
            "reached": {
                "type": "integer",
                "minimum": 0,
                "description": "Elements that wait for it and cases it begins; delivered at once, "
                "each by itself.",
            },
            "repeated": _REPEATED,
        },
    ),
}
