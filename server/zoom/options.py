"""The settings of a meeting that we know, out of the hundred that Zoom has.

It exists so that only these are shown, kept and asked for: among the others are the e-mail addresses of those
invited, passwords for telephones, and what next year's Zoom will add. Names and values are Zoom's.
"""

from collections.abc import Mapping

_SWITCHES = frozenset(
    {
        "host_video",
        "participant_video",
        "mute_upon_entry",
        "waiting_room",
        "join_before_host",
        "meeting_authentication",
        "use_pmi",
        "watermark",
        "allow_multiple_devices",
        "registrants_email_notification",
        "registrants_confirmation_email",
    }
)
_CHOICES: Mapping[str, frozenset[object]] = {
    "auto_recording": frozenset({"none", "local", "cloud"}),
    "audio": frozenset({"both", "telephony", "voip", "thirdParty"}),
    "jbh_time": frozenset({0, 5, 10, 15}),
    "approval_type": frozenset({0, 1, 2}),
    "registration_type": frozenset({1, 2, 3}),
}


def known(settings: object) -> dict[str, object]:
    """Those settings we know, with values they can have; nothing for anything else.

    Source: Zoom API, Meetings: create a meeting, `settings`.
    """
    if not isinstance(settings, Mapping):
        return {}
    return {name: value for name, value in settings.items() if _is_known(name, value)}


def _is_known(name: object, value: object) -> bool:
    if name in _SWITCHES:
        return isinstance(value, bool)
    if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, str | int):
        return False  # True counts as 1 in a set, and a list cannot be looked up in one
    return value in _CHOICES.get(name, frozenset())
