"""What happens in rooms: runs begin and end, people come, wait, are let in and go.

Every change is made here, whoever asked for it (API, control call, page, script), and tells the outbox what Zoom
would tell. A room that has been empty for two minutes ends by itself, as a live capture showed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import count

from server.simulator import notifications
from server.simulator.account import INSTANT, Account, Instance, Meeting, Place, Stay
from server.simulator.clock import SimulatorClock
from server.simulator.config import HostUser, SimulatorConfig
from server.simulator.errors import ControlRefusal
from server.simulator.identifiers import new_uuid
from server.simulator.tasks import TaskOwner

JBH_NOTICE_AFTER_S = 30.0
MOST_IN_ONE_ROOM = 5_000
# Zoom's ids inside a meeting go up in steps of 1024 from 2**24.
FIRST_USER_ID = 16_778_240
USER_ID_STEP = 1024

LEFT = "left the meeting."
HOST_ENDED = "Host ended the meeting."
DISCONNECTED = "got disconnected from the meeting."
Tell = Callable[[notifications.Body, str], None]


class Rooms:
    """The rooms of one account. `tell` takes a webhook body and the meeting it belongs to."""

    def __init__(self, config: SimulatorConfig, account: Account, clock: SimulatorClock, tell: Tell) -> None:
        self._config = config
        self._account = account
        self._clock = clock
        self._tell = tell
        self._tasks = TaskOwner("rooms")
        self._empty: dict[str, asyncio.Task[None]] = {}
        self._user_ids = count(_first_user_id(account), USER_ID_STEP)
        self._addresses = count(1)

    def open(self) -> None:
        """Begin the waits that are due for rooms as they stand: empty ones, and people who wait for their host."""
        for meeting in self._account.everything():
            for stay in meeting.before_host:
                if not stay.is_announced:
                    self._tasks.spawn(self._notice_waiting(meeting, stay))
            if meeting.running is not None and not meeting.running.present():
                self._watch_emptiness(meeting, meeting.running)

    async def close(self) -> None:
        """Drop every timer."""
        await self._tasks.close()
        self._empty.clear()

    # -- runs ------------------------------------------------------------------------------------------------------

    def start(self, meeting: Meeting, *, with_host: bool = True) -> Stay | None:
        """The host opens the room; those who waited for it come in. Starting twice is harmless."""
        fresh = meeting.running is None
        run = meeting.running or self._open(meeting)
        host = next((stay for stay in run.present() if stay.is_host), None)
        if host is None and with_host:
            host = self._new_stay(meeting.host.display_name, meeting.host.email, user=meeting.host, is_host=True)
            run.stays.append(host)
            self._enter(meeting, run, host)
        if fresh:
            self._admit_early_birds(meeting, run)
        if not run.present():
            self._watch_emptiness(meeting, run)
        return host

    def _open(self, meeting: Meeting) -> Instance:
        # The uuid from create is not the one of the run: a client that relies on it should find out here.
        run = Instance(new_uuid(), self._clock.now())
        meeting.running = run
        self._say(meeting, notifications.started(self._config.account_id, meeting, run, self._clock.now()))
        return run

    def _admit_early_birds(self, meeting: Meeting, run: Instance) -> None:
        early, meeting.before_host = meeting.before_host, []
        for stay in early:
            run.stays.append(stay)
            self._through_the_door(meeting, run, stay)

    def end(self, meeting: Meeting, reason: str = HOST_ENDED) -> bool:
        """Everybody out, and the run is over; False when none was on."""
        run = meeting.running
        if run is None:
            return False
        for stay in run.present():
            self._leave_room(meeting, run, stay, reason)
        for stay in run.waiting():
            self._leave_waiting_room(meeting, run, stay)
        self._forget_emptiness(meeting)
        run.end_time = self._clock.now()
        meeting.running = None
        meeting.past.append(run)
        meeting.next_uuid = new_uuid()
        meeting.is_over = meeting.type == INSTANT
        self._say(meeting, notifications.ended(self._config.account_id, meeting, run, self._clock.now()))
        return True

    # -- people ----------------------------------------------------------------------------------------------------

    def join(
        self,
        meeting: Meeting,
        name: str,
        email: str = "",
        registrant_id: str = "",
        device: str = "",
        *,
        is_signed_in: bool = True,
    ) -> Stay:
        """Somebody presses Join: into the room, the waiting room, or the line before the host.

        Shape:  somebody signed in with the e-mail of one of the account's users is that user.
        Errors: 404 for an unknown or unapproved registrant, 409 when the room is full.
        """
        if registrant_id:
            registrant = meeting.registrants.get(registrant_id)
            if registrant is None or registrant.status != "approved":
                raise ControlRefusal(404, "this meeting has no such registrant, or has not approved them")
            name, email = name or registrant.display_name, registrant.email
        if len(meeting.everyone()) >= MOST_IN_ONE_ROOM:
            raise ControlRefusal(409, f"the room is full: {MOST_IN_ONE_ROOM} people")
        user = self._account.user(email) if email and is_signed_in else None
        stay = self._new_stay(name, user.email if user else email, user=user, registrant_id=registrant_id)
        stay.device = device
        run = meeting.running
        if run is None and not meeting.settings.get("join_before_host"):
            meeting.before_host.append(stay)
            self._tasks.spawn(self._notice_waiting(meeting, stay))
            return stay
        if run is None:
            run = self._open(meeting)
            self._say_before_host("meeting.participant_jbh_joined", meeting, stay)
        run.stays.append(stay)
        self._through_the_door(meeting, run, stay)
        return stay

    def leave(self, meeting: Meeting, stay: Stay, reason: str = LEFT) -> None:
        """Somebody goes, wherever they were; going twice is harmless."""
        run = meeting.running
        match stay.place:
            case Place.BEFORE_HOST:
                meeting.before_host.remove(stay)
                stay.place, stay.leave_time = Place.GONE, self._clock.now()
                if stay.is_announced:
                    self._say_before_host("meeting.participant_jbh_waiting_left", meeting, stay)
            case Place.WAITING_ROOM if run is not None:
                self._leave_waiting_room(meeting, run, stay)
            case Place.IN_MEETING if run is not None:
                self._leave_room(meeting, run, stay, reason)
                if not run.present():
                    self._watch_emptiness(meeting, run)
            case _:
                return

    def send_home(self, meeting: Meeting) -> None:
        """Whoever waits for the host waits in vain: the meeting is to be deleted."""
        for stay in tuple(meeting.before_host):
            self.leave(meeting, stay)

    def admit(self, meeting: Meeting, stay: Stay) -> None:
        """The host lets somebody in from the waiting room.

        Errors: 409 when they are not waiting there.
        """
        run = meeting.running
        if run is None or stay.place is not Place.WAITING_ROOM:
            raise ControlRefusal(409, "this participant is not in the waiting room")
        self._say_participant("meeting.participant_admitted", meeting, run, stay)
        self._enter(meeting, run, stay)

    def put_in_waiting_room(self, meeting: Meeting, stay: Stay) -> None:
        """The host sends somebody back to the waiting room.

        Errors: 409 when they are not in the room.
        """
        run = meeting.running
        if run is None or stay.place is not Place.IN_MEETING or stay.is_host:
            raise ControlRefusal(409, "this participant is not in the room")
        self._leave_room(meeting, run, stay, LEFT)
        again = self._new_stay(stay.name, stay.email, user=None, registrant_id=stay.registrant_id)
        again.participant_user_id, again.participant_uuid = stay.participant_user_id, stay.participant_uuid
        again.user_id, again.place = stay.user_id, Place.WAITING_ROOM
        run.stays.append(again)
        self._say_participant("meeting.participant_put_in_waiting_room", meeting, run, again)

    def find(self, meeting: Meeting, user_id: str) -> Stay | None:
        """The latest stay with this `user_id`, gone ones included."""
        runs = [meeting.running] if meeting.running else meeting.past[-1:]
        stays = [*(stay for run in runs for stay in run.stays), *meeting.before_host]
        return next((stay for stay in reversed(stays) if stay.user_id == user_id), None)

    # -- the steps -------------------------------------------------------------------------------------------------

    def _new_stay(
        self, name: str, email: str, *, user: HostUser | None, registrant_id: str = "", is_host: bool = False
    ) -> Stay:
        return Stay(
            user_id=str(next(self._user_ids)),
            name=name,
            email=email,
            came_at=self._clock.now(),
            place=Place.BEFORE_HOST,
            registrant_id=registrant_id,
            participant_user_id=user.id if user else "",
            is_host=is_host,
            public_ip=f"192.0.2.{next(self._addresses) % 254 + 1}",
        )

    def _through_the_door(self, meeting: Meeting, run: Instance, stay: Stay) -> None:
        # People who registered, and the account's own users, are known: they need not be looked at first.
        if meeting.settings.get("waiting_room") and not stay.registrant_id and not stay.participant_user_id:
            stay.place = Place.WAITING_ROOM
            self._say_participant("meeting.participant_joined_waiting_room", meeting, run, stay)
        else:
            self._enter(meeting, run, stay)

    def _enter(self, meeting: Meeting, run: Instance, stay: Stay) -> None:
        stay.place, stay.join_time, stay.leave_reason = Place.IN_MEETING, self._clock.now(), ""
        self._forget_emptiness(meeting)
        self._say_participant("meeting.participant_joined", meeting, run, stay)

    def _leave_room(self, meeting: Meeting, run: Instance, stay: Stay, reason: str) -> None:
        stay.place, stay.leave_time = Place.GONE, self._clock.now()
        stay.leave_reason = f"{stay.name} left the meeting.<br>Reason: {reason}"
        self._say_participant("meeting.participant_left", meeting, run, stay)

    def _leave_waiting_room(self, meeting: Meeting, run: Instance, stay: Stay) -> None:
        stay.place, stay.leave_time = Place.GONE, self._clock.now()
        self._say_participant("meeting.participant_left_waiting_room", meeting, run, stay)

    # -- timers ----------------------------------------------------------------------------------------------------

    async def _notice_waiting(self, meeting: Meeting, stay: Stay) -> None:
        await self._clock.wait(JBH_NOTICE_AFTER_S)
        if stay in meeting.before_host:
            stay.is_announced = True
            self._say_before_host("meeting.participant_jbh_waiting", meeting, stay)

    def _watch_emptiness(self, meeting: Meeting, run: Instance) -> None:
        self._forget_emptiness(meeting)
        self._empty[str(meeting.id)] = self._tasks.spawn(self._end_when_still_empty(meeting, run))

    def _forget_emptiness(self, meeting: Meeting) -> None:
        task = self._empty.pop(str(meeting.id), None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _end_when_still_empty(self, meeting: Meeting, run: Instance) -> None:
        await self._clock.wait(self._config.idle_room_s)
        if meeting.running is run and not run.present():
            self.end(meeting)

    # -- telling ---------------------------------------------------------------------------------------------------

    def _say(self, meeting: Meeting, body: notifications.Body) -> None:
        self._tell(body, str(meeting.id))

    def _say_participant(self, event: str, meeting: Meeting, run: Instance, stay: Stay) -> None:
        now: datetime = self._clock.now()
        self._say(meeting, notifications.participant(event, self._config.account_id, meeting, run, stay, now))

    def _say_before_host(self, event: str, meeting: Meeting, stay: Stay) -> None:
        now = self._clock.now()
        self._say(meeting, notifications.before_host(event, self._config.account_id, meeting, stay, now))


def _first_user_id(account: Account) -> int:
    """A `user_id` above all that this account has ever given."""
    stays = [stay for m in account.everything() for stay in (*m.before_host, *_stays_of(m))]
    given = [int(stay.user_id) for stay in stays if stay.user_id.isdecimal()]
    return max(given, default=FIRST_USER_ID - USER_ID_STEP) + USER_ID_STEP


def _stays_of(meeting: Meeting) -> list[Stay]:
    runs = [*meeting.past, *((meeting.running,) if meeting.running else ())]
    return [stay for run in runs for stay in run.stays]
