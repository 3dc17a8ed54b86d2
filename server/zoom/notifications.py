"""Zoom's notifications into facts.

It exists so that nothing behind it ever sees Zoom's JSON. A notification is understood (facts), known but not for us,
unknown (both: no facts, and no harm), or not understood (`problem`); it is never an exception, whatever the bytes.
Pure: it does not know whether the bytes were signed, or what a fact will do.

Source: Zoom, Meetings webhooks reference; live captures of July 2026 for what it leaves out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from realtime.facts import Fact
from server.zoom import run_news, schedule_news
from server.zoom.fields import InstantMs, Line, Loose
from server.zoom.news import Misshapen, Reader

VALIDATION = "endpoint.url_validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What one notification says.

    Shape: `kind` is Zoom's name of the event, empty when there is none. `business_key` names what can happen only
           once, empty when that cannot be told. `problem` says why a notification that should be for us was not
           understood; it quotes nothing of it. `is_known` is false for kinds that Zoom has invented since.
           `plain_token` is what the URL validation wants to have answered, whatever it is.
    """

    kind: str = ""
    facts: tuple[Fact, ...] = ()
    business_key: str = ""
    problem: str = ""
    event_at: datetime | None = None
    is_known: bool = True
    plain_token: object = None


READERS: Mapping[str, Reader] = {**schedule_news.READERS, **run_news.READERS}

# Kinds we know and do not need: who may do what in the room, what is shared, recorded and summed up, who registered.
# A person waiting for the host (`jbh`, join before host) is not at the meeting, as there is none yet.
NOT_FOR_US = frozenset(
    {VALIDATION, "app_deauthorized"}
    | {f"meeting.{name}" for name in ("alert", "sharing_started", "sharing_ended", "summary_completed")}
    | {f"meeting.participant_{name}" for name in ("role_changed", "bind")}
    | {f"meeting.participant_jbh_{name}" for name in ("waiting", "waiting_left", "joined")}
    | {f"meeting.registration_{name}" for name in ("created", "approved", "cancelled", "denied")}
    | {f"recording.{name}" for name in ("started", "paused", "resumed", "stopped", "transcript_completed")}
    | {f"webinar.{name}" for name in ("created", "updated", "deleted", "permanently_deleted", "recovered")}
    | {f"webinar.{name}" for name in ("started", "ended", "participant_joined", "participant_left", "alert")}
    | {f"webinar.registration_{name}" for name in ("created", "approved", "cancelled", "denied")}
    | {f"webinar.sharing_{name}" for name in ("started", "ended")}
)


class _Envelope(Loose):
    event: Line = ""
    event_ts: InstantMs = None
    payload: object = None


def read(raw: bytes) -> Understood:
    """What the bytes of one notification say.

    Errors: none; what is no JSON, or has another shape than documented, comes back with a `problem`.
    """
    try:
        # Bytes that are no UTF-8 can only stand inside a text, a name perhaps: the rest is worth having.
        return _read(json.loads(raw.decode("utf-8", "replace")))
    except RecursionError:
        return Understood(problem="It is nested too deeply to be read.")
    except ValueError:  # of JSON, and of numbers with thousands of digits
        return Understood(problem="It is not JSON.")


def _read(message: object) -> Understood:
    if not isinstance(message, dict):
        return Understood(problem="A JSON object was expected.")
    envelope = _Envelope.model_validate(message)
    kind, at, payload = envelope.event, envelope.event_ts, envelope.payload
    if not kind:
        return Understood(problem="It does not say which event it is about.", event_at=at)
    if kind not in READERS:
        token = payload.get("plainToken") if kind == VALIDATION and isinstance(payload, dict) else None
        return Understood(kind=kind, event_at=at, is_known=kind in NOT_FOR_US, plain_token=token)
    try:
        if not isinstance(payload, dict):
            raise Misshapen("An object was expected in payload.")
        facts, business_key = READERS[kind](kind, payload, at)
    except ValidationError as error:
        return Understood(kind=kind, problem=_first_fault(error), event_at=at)
    except Misshapen as error:
        return Understood(kind=kind, problem=str(error), event_at=at)
    return Understood(kind=kind, facts=facts, business_key=business_key, event_at=at)


def _first_fault(error: ValidationError) -> str:
    """The first thing wrong, without the value: it may be somebody's name."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(["payload", *(str(part) for part in fault["loc"])])
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}."
