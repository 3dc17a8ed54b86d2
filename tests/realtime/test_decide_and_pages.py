from hypothesis import example, given, settings
from hypothesis import strategies as st

from realtime.facts import Fact, RosterChanged
from realtime.lifecycle import Audience
from tests.realtime.test_decide_any_order import DAY, ONE_MEETING, SERIES, UNHEARD_OF
from tests.support.builders import (
    ANA,
    BEN,
    CARA,
    DAN,
    HOST,
    NINTH,
    OTHER_TEACHER,
    TEACHER,
    TENTH,
    clicked,
    host,
    minute,
    updated,
)
from tests.support.memory import Memory
from tests.support.page import Page
from tests.support.readers import READERS, Reader, as_compared, assert_may_hear, assert_shows, rooms_of

NOW = minute(70)


def roster(at: float, class_id: str = "c9", **people: str) -> RosterChanged:
    return RosterChanged(at=minute(at), class_id=class_id, **{kind: frozenset({who}) for kind, who in people.items()})


RIGHTS: list[Fact] = [
    roster(30, enrolled=CARA.id),
    roster(31, withdrawn=ANA.id),
    roster(32, assigned=OTHER_TEACHER.id),
    roster(33, unassigned=TEACHER.id),
    roster(34, withdrawn=DAN.id),
    roster(35, enrolled=ANA.id, withdrawn=CARA.id),
    roster(36, assigned=TEACHER.id, unassigned=OTHER_TEACHER.id),
    roster(37, "c10", enrolled=ANA.id),
    roster(38, "c10", enrolled=BEN.id, assigned=HOST.id),
]
CHANGES: list[Fact] = [
    updated("81", 40, audience=Audience.EVERYONE),
    updated("81", 41, audience=Audience.STUDENTS),
    updated("81", 42, audience=Audience.STAFF),
    updated("81", 43, audience=Audience.PERSONAL),
    updated("81", 44, audience=Audience.CLASS, class_=NINTH),
    updated("81", 45, audience=Audience.CLASS, class_=TENTH),
    updated("81", 46, audience=Audience.EVERYONE, class_=None),
    updated("81", 47, host=host(TEACHER)),
    updated("81", 48, host=host(OTHER_TEACHER)),
    updated("81", 49, host=host(HOST), topic="Secret staff matter", audience=Audience.PERSONAL, class_=None),
    clicked("81", ANA, 61),
    clicked("81", BEN, 61),
    clicked("81", ANA, 61.05),
    clicked("82", CARA, 62),
]
FACTS = st.one_of(
    st.lists(st.sampled_from([*ONE_MEETING, *CHANGES, *RIGHTS]), max_size=12),
    st.lists(st.sampled_from([*UNHEARD_OF, *RIGHTS]), max_size=9),
    st.lists(st.sampled_from([*SERIES, *RIGHTS]), max_size=9),
    st.lists(st.sampled_from([*DAY, *CHANGES, *RIGHTS]), max_size=20),
)


def first_of(school: Memory, reader: Reader) -> Page:
    person = school.world.members.get(reader.person.id, reader.person)
    return Page(dict(school.first(person, reader.rooms, NOW)))


@settings(max_examples=2_500)
@given(FACTS)
@example([*DAY, *RIGHTS, *CHANGES])
@example([*reversed([*DAY, *RIGHTS, *CHANGES])])
def test_a_page_that_was_open_all_the_while_shows_what_a_fresh_one_does(heard: list[Fact]) -> None:
    school = Memory()
    readers = [
        Reader(name, person, dict(school.first(person, rooms_of(person), NOW))) for name, person in READERS.items()
    ]
    for fact in heard:
        before, told, values = dict(school.world.meetings), len(school.events), len(school.latest)
        school.tell(fact)
        for reader in readers:
            rooms, known = reader.rooms, dict(reader.page.meetings)
            found = reader.told(school.events[told:], school.latest[values:])
            person = school.world.members.get(reader.person.id, reader.person)
            assert reader.rooms == (rooms if reader.name == "board" else rooms_of(person))
            assert_may_hear(reader, rooms, known, found, before, school.world.meetings)
            fresh = as_compared(first_of(school, reader), reader.person, NOW)
            assert_shows(reader, fresh, NOW, fact)
