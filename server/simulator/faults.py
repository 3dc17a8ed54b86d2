"""Misfortunes one can order: of the API and of the webhooks.

A rule applies to the next `times` calls or events it fits (for ever when absent) and is then spent. Nothing here
sends or answers; the API gate and the outbox ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from server.simulator.errors import ControlRefusal

MOST_RULES = 100
LONGEST_DELAY_S = 600.0


@dataclass(slots=True)
class ApiFault:
    """One way in which the next calls go wrong."""

    method: str | None
    path: str | None
    status: int | None
    times: int | None
    retry_after: str | None = None
    body: Any = None
    content_type: str | None = None
    slow_s: float = 0.0

    def fits(self, method: str, path: str, api_prefix: str) -> bool:
        """Whether this call is meant; `path` is a glob, with or without the API's prefix."""
        if self.times == 0 or (self.method is not None and self.method != method):
            return False
        if self.path is None:
            return True
        return fnmatchcase(path, self.path) or fnmatchcase(path.removeprefix(api_prefix), self.path)


@dataclass(slots=True)
class WebhookFault:
    """One way in which the next events go wrong on their way."""

    events: tuple[str, ...]
    times: int | None
    drop: bool = False
    duplicate: int = 0
    new_request_id: bool = False
    reorder: bool = False
    delay_s: float = 0.0
    forge: bool = False

    def fits(self, event: str) -> bool:
        """Whether this event is meant; no names mean every event."""
        return self.times != 0 and (not self.events or event in self.events)


@dataclass(slots=True)
class Faults:
    """The rules in force, oldest first; the first that fits is used."""

    api: list[ApiFault] = field(default_factory=list)
    webhooks: list[WebhookFault] = field(default_factory=list)

    def of_call(self, method: str, path: str, api_prefix: str) -> ApiFault | None:
        """The misfortune of this call, one use of it spent."""
        fault = next((rule for rule in self.api if rule.fits(method, path, api_prefix)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault

    def of_event(self, event: str) -> WebhookFault | None:
        """The misfortune of this event, one use of it spent."""
        fault = next((rule for rule in self.webhooks if rule.fits(event)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault

    def replace(self, body: Mapping[str, Any]) -> None:
        """Take the rules of a control call in place of those before; `{}` or `{"reset": true}` clears all.

        Errors: 400 with the field that is wrong; then nothing has changed.
        """
        api = [_api_fault(rule) for rule in _rules(body.get("api"), "api")]
        webhooks = [_webhook_fault(rule) for rule in _rules(body.get("webhooks"), "webhooks")]
        self.api, self.webhooks = api, webhooks

    def described(self) -> dict[str, Any]:
        """How many rules are in force, for the control answer."""
        return {"api": len(self.api), "webhooks": len(self.webhooks)}


def _rules(given: object, name: str) -> Sequence[Mapping[str, Any]]:
    listed: list[object] = given if isinstance(given, list) else [] if given is None else [given]
    rules = [rule for rule in listed if isinstance(rule, dict)]
    if len(listed) > MOST_RULES or len(rules) < len(listed):
        raise ControlRefusal(400, f"'{name}' must be an object or a list of at most {MOST_RULES} objects")
    return rules


def _api_fault(rule: Mapping[str, Any]) -> ApiFault:
    _only(rule, {"method", "path", "status", "times", "retry_after", "body", "content_type", "slow_s"}, "api")
    method, path, retry_after = rule.get("method"), rule.get("path"), rule.get("retry_after")
    if method is not None and not isinstance(method, str):
        raise ControlRefusal(400, "'api.method' must be text")
    if path is not None and not isinstance(path, str):
        raise ControlRefusal(400, "'api.path' must be text")
    content_type = rule.get("content_type")
    if content_type is not None and not isinstance(content_type, str):
        raise ControlRefusal(400, "'api.content_type' must be text")
    status = rule.get("status")
    if status is not None and (not _is_int(status) or not 200 <= status <= 599):
        raise ControlRefusal(400, "'api.status' must be a number from 200 to 599")
    slow_s = _seconds(rule, "slow_s")
    if status is None and not slow_s:
        raise ControlRefusal(400, "an api fault needs 'status' or 'slow_s'")
    return ApiFault(
        method=method.upper() if method else None,
        path=path,
        status=status,
        times=_times(rule),
        retry_after=None if retry_after is None else str(retry_after),
        body=rule.get("body"),
        content_type=content_type,
        slow_s=slow_s,
    )


def _webhook_fault(rule: Mapping[str, Any]) -> WebhookFault:
    _only(
        rule,
        {"events", "times", "drop", "duplicate", "new_request_id", "reorder", "delay_s", "forge"},
        "webhooks",
    )
    events = rule.get("events", [])
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise ControlRefusal(400, "'webhooks.events' must be a list of event names")
    if _is_int(rule.get("drop")):  # "drop the next three", the short way
        rule = {**rule, "drop": True, "times": rule["drop"]}
    flags = {name: rule.get(name, False) for name in ("drop", "new_request_id", "reorder", "forge")}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise ControlRefusal(400, f"'webhooks.{name}' must be true or false")
    duplicate = rule.get("duplicate", 0)
    if isinstance(duplicate, bool):
        duplicate = int(duplicate)
    if not _is_int(duplicate) or not 0 <= duplicate <= 10:
        raise ControlRefusal(400, "'webhooks.duplicate' must be true or a number of extra copies up to 10")
    return WebhookFault(
        events=tuple(events), times=_times(rule), duplicate=duplicate, delay_s=_seconds(rule, "delay_s"), **flags
    )


def _only(rule: Mapping[str, Any], known: set[str], name: str) -> None:
    if unknown := sorted(set(rule) - known):
        raise ControlRefusal(400, f"unknown fields in '{name}': {', '.join(map(str, unknown))[:200]}")


def _times(rule: Mapping[str, Any]) -> int | None:
    times = rule.get("times")
    if times is not None and (not _is_int(times) or not 1 <= times <= 1_000_000):
        raise ControlRefusal(400, "'times' must be a whole number from 1")
    return times


def _seconds(rule: Mapping[str, Any], name: str) -> float:
    value = rule.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_DELAY_S:
        raise ControlRefusal(400, f"'{name}' must be seconds from 0 to {LONGEST_DELAY_S:.0f}")
    return float(value)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
