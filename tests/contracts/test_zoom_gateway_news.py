"""What we ask of Zoom comes back as news: the same meeting, in the same words, signed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from realtime.facts import (
    Created,
    Deleted,
    Ended,
    Fact,
    ParticipantJoined,
    ParticipantLeft,
    Place,
    Recovered,
    Started,
    Updated,
)
from server.zoom.gateway import MeetingPlan, ZoomGateway
from server.zoom.notifications import VALIDATION, read
from server.zoom.signature import Verdict, check, validation_reply
from server.zoom.tokens import Credentials
from tests.server.simulator.house import (
    ACCOUNT,
    CLIENT,
    NOON,
    OWNER,
    SECRET,
    WEBHOOK_SECRET,
    Endpoint,
    Received,
    Zoom,
    endpoint,
    zoom,
)
from tests.server.zoom.house import client_of

PLAN = MeetingPlan(topic="Matematik 7B", start_time=NOON + timedelta(days=1), duration_min=45, timezone="Asia/Manila")
WEEKLY = {"type": 2, "repeat_interval": 1, "end_times": 3}


@dataclass
class Round:
    """A gateway, the simulator it asks, and where that one tells."""

    gateway: ZoomGateway
    zoom: Zoom
    door: Endpoint

    async def told(self, kind: str, number: int = 1) -> tuple[Fact, ...]:
        """The facts of the newest notification of this kind, once there are so many."""
        return understood((await self.door.until_event(kind, number))[-1])


@asynccontextmanager
async def whole_round() -> AsyncIterator[Round]:
    """Asked over HTTP on one side, told over HTTP on the other."""
    async with endpoint() as door, zoom(webhook_url=door.url) as other:
        credentials = Credentials(ACCOUNT, CLIENT, SECRET)
        async with client_of(other.simulator.app, other.time, credentials=credentials) as client:
            yield Round(client, other, door)


def understood(received: Received) -> tuple[Fact, ...]:
    """The facts of a notification, which must be signed and must be understood."""
    timestamp, signature = received.headers["x-zm-request-timestamp"], received.headers["x-zm-signature"]
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    assert check([WEBHOOK_SECRET], timestamp, signature, received.raw, signed_at) is Verdict.GOOD
    assert check(["another"], timestamp, signature, received.raw, signed_at) is Verdict.FORGED
    said = read(received.raw)
    assert (said.problem, said.is_known) == ("", True)
    return said.facts


async def test_a_meeting_we_make_is_told_as_it_was_answered() -> None:
    async with whole_round() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        (fact,) = await here.told("meeting.created")
        assert isinstance(fact, Created)
        assert fact.which.zoom_id == made.id
        assert fact.secrets == made.secrets
        names = ("topic", "start_time", "duration_min", "timezone")
        assert {name: fact.details[name] for name in names} == {name: made.details[name] for name in names}


async def test_a_series_we_make_is_told_with_the_same_dates() -> None:
    async with whole_round() as here:
        plan = MeetingPlan(topic="Serie", start_time=NOON + timedelta(days=1), duration_min=45, recurrence=WEEKLY)
        made = await here.gateway.create_meeting(OWNER.id, plan)
        (fact,) = await here.told("meeting.created")
        assert isinstance(fact, Created)
        assert len(made.occurrences) == 3
        assert fact.occurrences == made.occurrences


async def test_a_change_is_told_with_what_changed() -> None:
    async with whole_round() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        await here.gateway.update_meeting(made.id, MeetingPlan(topic="Fysik", settings={"waiting_room": True}))
        (fact,) = await here.told("meeting.updated")
        assert isinstance(fact, Updated)
        assert fact.which.zoom_id == made.id
        assert (fact.details["topic"], fact.details["settings"]) == ("Fysik", {"waiting_room": True})
        assert "start_time" not in fact.details


async def test_a_date_that_is_moved_is_told_as_that_date() -> None:
    async with whole_round() as here:
        plan = MeetingPlan(topic="Serie", start_time=NOON + timedelta(days=1), duration_min=45, recurrence=WEEKLY)
        made = await here.gateway.create_meeting(OWNER.id, plan)
        second = made.occurrences[1]
        moved_to = second.start_time + timedelta(hours=2)
        await here.gateway.update_meeting(made.id, MeetingPlan(start_time=moved_to), second.id)
        facts = [fact for fact in await here.told("meeting.updated") if isinstance(fact, Updated)]
        assert [(fact.which.occurrence_id, fact.details["start_time"]) for fact in facts] == [(second.id, moved_to)]


async def test_a_date_that_is_deleted_is_told_as_that_date_and_a_meeting_as_all_of_it() -> None:
    async with whole_round() as here:
        plan = MeetingPlan(topic="Serie", start_time=NOON + timedelta(days=1), recurrence=WEEKLY)
        made = await here.gateway.create_meeting(OWNER.id, plan)
        await here.gateway.delete_meeting(made.id, made.occurrences[0].id)
        (one,) = await here.told("meeting.deleted")
        assert isinstance(one, Deleted)
        assert (one.which.zoom_id, one.which.occurrence_id) == (made.id, made.occurrences[0].id)
        await here.gateway.delete_meeting(made.id)
        (whole,) = await here.told("meeting.deleted", 2)
        assert isinstance(whole, Deleted)
        assert (whole.which.zoom_id, whole.which.occurrence_id) == (made.id, "")
        answer = await here.zoom.http.put(f"/v2/meetings/{made.id}/status", json={"action": "recover"})
        assert answer.status_code == 204
        (back,) = await here.told("meeting.recovered")
        assert isinstance(back, Recovered)
        assert (back.which.zoom_id, back.which.occurrence_id) == (made.id, "")


async def test_a_run_is_told_from_the_first_to_the_last() -> None:
    async with whole_round() as here:
        made = await here.gateway.create_meeting(OWNER.id, PLAN)
        raw = {"id": made.id}
        await here.zoom.start(raw, host=False)
        began_at = here.zoom.time.now()
        await here.zoom.time.pass_by(30)
        noah = await here.zoom.join(raw, "Noah Lindqvist", email="noah@pupil.example")
        await here.zoom.time.pass_by(600)
        await here.zoom.leave(raw, noah)
        await here.zoom.time.pass_by(60)
        live = await here.gateway.get_meeting(made.id)
        await here.gateway.end_meeting(made.id)
        (started,) = await here.told("meeting.started")
        (joined,) = await here.told("meeting.participant_joined")
        (left,) = await here.told("meeting.participant_left")
        (ended,) = await here.told("meeting.ended")
        assert isinstance(started, Started)
        assert isinstance(joined, ParticipantJoined)
        assert isinstance(left, ParticipantLeft)
        assert isinstance(ended, Ended)
        assert {fact.uuid for fact in (started, joined, left, ended)} == {live.uuid}
        assert {fact.started_at for fact in (started, joined, left, ended)} == {began_at}
        assert (started.at, ended.at) == (began_at, began_at + timedelta(seconds=690))
        assert (joined.at, left.at) == (began_at + timedelta(seconds=30), began_at + timedelta(seconds=630))
        assert joined.place is left.place is Place.ROOM
        assert joined.participant == left.participant
        assert (joined.participant.key, joined.participant.name) == (noah["user_id"], "Noah Lindqvist")


async def test_the_waiting_room_is_told_as_a_place_of_its_own() -> None:
    async with whole_round() as here:
        plan = MeetingPlan(topic="Sal 4", start_time=NOON, settings={"waiting_room": True})
        made = await here.gateway.create_meeting(OWNER.id, plan)
        raw = {"id": made.id}
        await here.zoom.start(raw, host=False)
        alva = await here.zoom.join(raw, "Alva Nyström")
        await here.zoom.control(f"meetings/{made.id}/admit", participant=alva["user_id"])
        kinds = ("joined_waiting_room", "admitted", "joined")
        facts = [fact for kind in kinds for fact in await here.told(f"meeting.participant_{kind}")]
        moves = [(type(f), f.place) for f in facts if isinstance(f, ParticipantJoined | ParticipantLeft)]
        assert moves == [
            (ParticipantJoined, Place.WAITING_ROOM),
            (ParticipantLeft, Place.WAITING_ROOM),
            (ParticipantJoined, Place.ROOM),
        ]


async def test_the_challenge_is_answered_as_the_other_side_expects() -> None:
    async with whole_round() as here:
        await here.zoom.control("validate")
        (received,) = await here.door.until_event(VALIDATION)
        timestamp, signature = received.headers["x-zm-request-timestamp"], received.headers["x-zm-signature"]
        token = read(received.raw).plain_token
        reply = validation_reply(["new", WEBHOOK_SECRET], timestamp, signature, received.raw, token)
        assert reply is not None
        assert reply["plainToken"] == received.body["payload"]["plainToken"]
        assert len(reply["encryptedToken"]) == 64
