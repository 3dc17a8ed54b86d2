"""What a person may do, in one place; what they may see is in `realtime/audience.py`.

Every question is one function from a person and a thing to yes or no, so that the answer can be read without looking
for it in the routes. Observers see what admins see and do nothing. Pure.
"""

from collections.abc import Callable

from realtime.audience import Person, Role, View, rooms_of, view_for
from realtime.lifecycle import Meeting

SCHEDULE, END = "schedule", "end"

Question = Callable[[Person, Meeting], bool]


def may_schedule(person: Person, class_id: str | None) -> bool:
    """Make a meeting: an admin any, a teacher one of a class where they hold that permission."""
    if person.role is Role.TEACHER:
        return class_id is not None and _holds(person, class_id, SCHEDULE)
    return person.role is Role.ADMIN


def may_edit(person: Person, meeting: Meeting) -> bool:
    """Change, cancel or delete a meeting, and know its passcode."""
    return _runs(person, meeting, SCHEDULE)


def may_start(person: Person, meeting: Meeting) -> bool:
    """Get the link that starts a meeting as its host."""
    return _runs(person, meeting, SCHEDULE)


def may_let_host(asker: Person, host: Person) -> bool:
    """Name somebody as a meeting's host: an admin any teacher or admin, a teacher themselves."""
    if asker.role is Role.ADMIN:
        return host.role in (Role.ADMIN, Role.TEACHER)
    return asker.role is Role.TEACHER and host.id == asker.id


def may_end(person: Person, meeting: Meeting) -> bool:
    """Close a meeting's room for everybody."""
    return _runs(person, meeting, END)


def sees(person: Person, meeting: Meeting) -> bool:
    """Know that a meeting exists. Whoever may not gets the answer of one that does not."""
    return view_for(rooms_of(person), meeting) is not None


def sees_staff_view(person: Person, meeting: Meeting) -> bool:
    """See who is in the room."""
    return view_for(rooms_of(person), meeting) is View.STAFF


def may_see_metrics(person: Person) -> bool:
    """Read the server's own numbers."""
    return person.role is Role.ADMIN


def may_control_simulator(person: Person) -> bool:
    """Pull the strings of a demo: start rooms, let people come and go."""
    return person.role is Role.ADMIN


def sees_every_class(person: Person) -> bool:
    """Look at classes one neither teaches nor attends."""
    return person.role in (Role.ADMIN, Role.OBSERVER)


def _runs(person: Person, meeting: Meeting, permission: str) -> bool:
    if person.role is Role.ADMIN:
        return True
    if person.role is not Role.TEACHER:
        return False  # also when they are the host: a teacher who became an observer only looks on
    is_host = meeting.host.id == person.id
    return is_host or (meeting.class_ is not None and _holds(person, meeting.class_.id, permission))


def _holds(person: Person, class_id: str, permission: str) -> bool:
    return class_id in person.teaches and (class_id, permission) in person.may
