from dataclasses import replace

import pytest

from realtime.attendance import (
    Candidate,
    Directory,
    Match,
    attendee_id,
    identify,
    matched_by,
    merged,
    name_key,
    person_of,
    row,
    rows,
)
from realtime.facts import Participant, Place
from realtime.lifecycle import HostRef, Instance
from realtime.visits import Visit
from tests.support.builders import (
    ANA,
    ANA_BY_MAIL,
    ANA_BY_NAME,
    BEN,
    BEN_BY_ZOOM,
    CARA,
    DAN_BY_NAME,
    HANA_BY_ZOOM,
    HOST,
    SCHOOL,
    STRANGER,
    TEACHER,
    candidate,
    minute,
)

KNOWN = Directory(candidate(person) for person in SCHOOL)
RUN = Instance(uuid="run1==", meeting_id="m1", opened_at=minute(60), started_at=minute(60))
HANA = HostRef(HOST.id, HOST.name, HOST.email, "Zhana")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("REYES, José (Guest)", "Jose Reyes"),
        ("  ana   reyes ", "Ana Reyes"),
        ("Ana Reyes [phone]", "ana reyes"),
        ("Straße, Li", "li strasse"),
        ("O’Neil-Smith, Pat", "Pat O Neil Smith"),
    ],
)
def test_names_that_differ_only_in_spelling_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("name", ["", "()", "—", "[x]"])
def test_a_name_with_nothing_in_it_is_nobodys(name: str) -> None:
    assert name_key(name) == ""
    assert identify(Participant(key="1", name=name), "c9", KNOWN) is None


def test_a_name_with_two_commas_is_taken_as_it_stands() -> None:
    assert name_key("Reyes, Ana, Ms") == "reyes ana ms"


@pytest.mark.parametrize(
    ("participant", "class_id", "match"),
    [
        (BEN_BY_ZOOM, None, Match(BEN.id, "zoom_user")),
        (ANA_BY_MAIL, None, Match(ANA.id, "email")),
        (ANA_BY_NAME, "c9", Match(ANA.id, "name")),
        (ANA_BY_NAME, "c10", None),  # a name counts only within the class
        (ANA_BY_NAME, None, None),
        (DAN_BY_NAME, "c9", None),  # two bear it: ties never decide
        (Participant(key="1", name="Tess Teacher"), "c9", Match(TEACHER.id, "name")),
        (replace(BEN_BY_ZOOM, email="ana@pupil.example", name="Dan Lim"), "c9", Match(BEN.id, "zoom_user")),
        (replace(BEN_BY_ZOOM, zoom_user_id="Zelse", email="CARA@pupil.example"), "c9", Match(CARA.id, "email")),
        (STRANGER, "c9", None),
    ],
)
def test_the_surest_sign_says_who_somebody_is(
    participant: Participant, class_id: str | None, match: Match | None
) -> None:
    assert identify(participant, class_id, KNOWN) == match


def test_two_people_with_one_zoom_account_are_told_apart_by_the_next_sign() -> None:
    twins = [replace(candidate(p), zoom_user_id="shared") for p in (ANA, BEN)]
    shared = Participant(key="1", zoom_user_id="shared", email=BEN.email)
    assert identify(shared, None, Directory(twins)) == Match(BEN.id, "email")


def test_somebody_put_anew_is_found_by_what_is_known_of_them_now() -> None:
    known = Directory([candidate(ANA), candidate(BEN)])
    known.add(replace(candidate(ANA), email="other@pupil.example"))
    assert known.found("email", ANA.email) != []  # who is in already stays as they are
    known.put(replace(candidate(ANA), classes=frozenset({"c10"})))
    assert [c.classes for c in known.found("email", ANA.email)] == [frozenset({"c10"})]
    assert [c.id for c in known.found("name", name_key(BEN.name))] == [BEN.id]


def test_devices_of_one_known_person_share_a_row_and_strangers_keep_their_own() -> None:
    match = Match(ANA.id, "email")
    assert attendee_id("u", ANA_BY_MAIL, match) == attendee_id("u", ANA_BY_NAME, match) == f"u/p:{ANA.id}"
    assert person_of(f"u/p:{ANA.id}") == ANA.id
    assert attendee_id("u", STRANGER, None) == "u/z:PU-15"
    assert person_of("u/z:PU-15") is None
    assert attendee_id("u", Participant(key="7"), None) == "u/z:7"
    assert attendee_id("u", replace(STRANGER, registrant_id="R"), None) == "u/z:R"
    assert person_of("a/p:b/p:c") == "c"


def test_one_connection_told_twice_is_all_that_was_said_in_either_order() -> None:
    one = Participant(key="1", name="Ana", email="a@x")
    other = Participant(key="1", name="Ana R", zoom_user_id="Z")
    both = Participant(key="1", name="Ana", email="a@x", zoom_user_id="Z")
    assert merged(one, other) == merged(other, one) == both


def a_visit(who: Participant, attendee: str, joined: float, left: float | None = None, **more: object) -> Visit:
    told = Visit(
        uuid=RUN.uuid,
        place=Place.ROOM,
        participant=who,
        attendee=attendee,
        joined=(minute(joined),),
        left=() if left is None else (minute(left),),
        revision=1,
    )
    return replace(told, **more)  # type: ignore[arg-type]  # its fields


def a_row(*visits: Visit, run: Instance = RUN, person: Candidate | None = None) -> dict[str, object]:
    return dict(row(visits, run=run, person=person, class_id="c9", host=HANA))


def test_a_row_is_one_person_with_all_their_devices() -> None:
    attendee = f"{RUN.uuid}/p:{ANA.id}"
    phone = a_visit(ANA_BY_NAME, attendee, 61, 64, revision=2)
    desk = a_visit(ANA_BY_MAIL, attendee, 66, revision=3)
    expected = {
        "id": attendee,
        "userId": ANA.id,
        "name": "Ana Reyes",
        "email": "ana@pupil.example",
        "role": "student",
        "matchedBy": "email",
        "expected": True,
        "state": "here",
        "joinTime": "2026-09-14T09:01:00Z",
        "leaveTime": None,
        "durationSeconds": 180,
        "hereSince": "2026-09-14T09:06:00Z",
        "rejoins": 1,
        "revision": 3,
    }
    assert a_row(phone, desk, person=candidate(ANA)) == a_row(desk, phone, person=candidate(ANA)) == expected


def test_a_row_of_a_stranger_has_what_zoom_says_and_is_not_expected() -> None:
    told = a_row(a_visit(STRANGER, f"{RUN.uuid}/z:PU-15", 61, 64))
    shown = ("userId", "name", "email", "role", "matchedBy", "expected", "state")
    assert [told[name] for name in shown] == [None, "iPad", "", "guest", None, False, "away"]


def test_a_row_says_where_somebody_is() -> None:
    waits = a_visit(BEN_BY_ZOOM, "r", 59, place=Place.WAITING_ROOM)
    here, away = a_visit(BEN_BY_ZOOM, "r", 61), a_visit(BEN_BY_ZOOM, "r", 61, 62)
    over = replace(RUN, ended_at=minute(90))
    states = [a_row(*v, run=run)["state"] for v, run in (((waits,), RUN), ((waits, here), RUN), ((away,), RUN))]
    assert states == ["waiting_room", "here", "away"]
    assert a_row(here, run=over)["state"] == "over"
    assert (a_row(here, run=over)["durationSeconds"], a_row(here, run=over)["hereSince"]) == (29 * 60, None)


@pytest.mark.parametrize(
    ("visit", "person", "role"),
    [
        (a_visit(HANA_BY_ZOOM, "r", 60), None, "host"),
        (a_visit(Participant(key="1", email=HOST.email), "r", 60), candidate(HOST), "host"),
        (a_visit(ANA_BY_MAIL, "r", 60), candidate(ANA), "student"),
        (a_visit(Participant(key="1", email=TEACHER.email), "r", 60), candidate(TEACHER), "staff"),
        (a_visit(STRANGER, "r", 60), None, "guest"),
    ],
)
def test_a_row_says_what_somebody_is_to_the_meeting(visit: Visit, person: Candidate | None, role: str) -> None:
    assert a_row(visit, person=person)["role"] == role


def test_a_badge_says_by_which_sign_somebody_was_known() -> None:
    by = [matched_by(a_visit(who, "r", 60), candidate(of)) for who, of in ((BEN_BY_ZOOM, BEN), (ANA_BY_NAME, ANA))]
    assert by == ["zoom_user", "name"]
    assert matched_by(a_visit(ANA_BY_MAIL, "r", 60), candidate(ANA)) == "email"
    assert matched_by(a_visit(STRANGER, "r", 60), None) is None


def test_all_rows_of_a_run_come_in_one_order_and_those_of_other_runs_do_not() -> None:
    visits = [
        a_visit(STRANGER, f"{RUN.uuid}/z:PU-15", 61),
        a_visit(ANA_BY_MAIL, f"{RUN.uuid}/p:{ANA.id}", 62),
        a_visit(BEN_BY_ZOOM, "other/p:x", 62, uuid="other"),
    ]
    told = rows(visits, run=RUN, people={ANA.id: candidate(ANA)}, class_id="c9", host=HANA)
    assert [r["name"] for r in told] == ["Ana Reyes", "iPad"]
    assert told == rows(visits[::-1], run=RUN, people={ANA.id: candidate(ANA)}, class_id="c9", host=HANA)
