import pytest

from realtime.frames import Frame
from realtime.outlet import Outlet
from tests.support.outlets import LIMITS, Wire, outlet_on, texts

KB = Frame("x" * 1_000)


def names(count: int, start: int = 1) -> list[tuple[int, Frame]]:
    return [(seq, Frame(f"e{seq}")) for seq in range(start, start + count)]


def test_a_live_websocket_gets_what_it_is_told() -> None:
    outlet = outlet_on(wire := Wire())
    outlet.tell(1, Frame("e1"))
    outlet.send(Frame("ack"))
    outlet.tell(2, Frame("e2"))
    assert wire.packets() == ["e1", "ack", "e2"]
    assert outlet.write == wire.write


def test_on_polling_it_waits_in_the_same_order() -> None:
    outlet = outlet_on(None)
    outlet.tell(1, Frame("e1"))
    outlet.send(Frame("ack"))
    assert outlet.write is None
    assert texts(outlet.take()) == ["e1", "ack"]
    assert outlet.take() == []


def test_what_no_poll_has_taken_goes_first_on_the_websocket() -> None:
    outlet, wire = outlet_on(None), Wire()
    outlet.tell(1, Frame("e1"))
    outlet.attach(wire)
    outlet.tell(2, Frame("e2"))
    assert wire.packets() == ["e1", "e2"]


@pytest.mark.parametrize("skip", range(7))
def test_after_a_hold_only_what_is_newer_follows_the_picture(skip: int) -> None:
    outlet = outlet_on(wire := Wire())
    outlet.hold()
    assert outlet.write is None
    for seq, frame in names(3):
        outlet.tell(seq, frame)
    outlet.send(Frame("ack"))
    outlet.release([Frame("picture"), Frame("missed")], skip, now_s=1)
    for seq, frame in names(3, start=4):
        outlet.tell(seq, frame)
    assert wire.packets() == ["ack", "picture", "missed", *(f"e{seq}" for seq in range(skip + 1, 7))]


def test_what_was_told_but_not_written_yet_is_written_first() -> None:
    pending = [Frame("told before")]
    outlet = outlet_on(None, settle=lambda: outlet.tell(1, pending.pop()) if pending else None)
    outlet.send(Frame("ack"))
    assert texts(outlet.take()) == ["told before", "ack"]
    pending.append(Frame("told before the hold"))
    outlet.hold()
    assert texts(outlet.take()) == ["told before the hold"]


def full(outlet: Outlet) -> list[str]:
    """The reasons for which the outlet was given up, which closes it."""
    reasons: list[str] = []

    def close(reason: str) -> None:
        reasons.append(reason)
        outlet.close()

    outlet.on_full = close
    return reasons


def test_a_hold_is_bounded_in_events_and_in_bytes() -> None:
    outlet = outlet_on(Wire())
    reasons = full(outlet)
    outlet.hold()
    for seq, frame in names(LIMITS.held_events):
        outlet.tell(seq, frame)
    assert reasons == []
    outlet.tell(99, Frame("e"))
    assert reasons == ["held"]
    outlet = outlet_on(Wire())
    reasons = full(outlet)
    outlet.hold()
    outlet.tell(1, KB)
    assert reasons == ["held"]


def test_a_polling_queue_is_bounded() -> None:
    outlet = outlet_on(None)
    reasons = full(outlet)
    outlet.tell(1, Frame("x" * 900))
    outlet.take()
    outlet.tell(2, Frame("x" * 900))
    assert reasons == []
    outlet.tell(3, Frame("x" * 900))
    outlet.tell(4, Frame("x" * 900))
    assert reasons == ["slow_reader"]


def test_a_picture_may_be_larger_than_the_bound_until_it_is_taken() -> None:
    outlet = outlet_on(wire := Wire())
    outlet.hold()
    outlet.release([KB, KB, KB], 0, now_s=0)
    assert wire.high > LIMITS.unsent_bytes + 3_000
    wire.taken = len(wire.written)
    assert not outlet.is_stuck(1)
    assert wire.high == LIMITS.unsent_bytes
    polling = outlet_on(None)
    reasons = full(polling)
    polling.hold()
    polling.release([KB, KB, KB], 0, now_s=0)
    assert reasons == []
    polling.take()
    polling.is_stuck(1)
    polling.tell(1, KB)
    assert reasons == ["slow_reader"]


def test_a_reader_that_takes_nothing_is_stuck_in_time() -> None:
    outlet = outlet_on(wire := Wire())
    assert not outlet.is_stuck(0)
    outlet.tell(1, Frame("x" * 300))
    assert [outlet.is_stuck(now_s) for now_s in range(1, 12)] == [False] * 8 + [True] * 3
    wire.taken = len(wire.written)
    assert not outlet.is_stuck(12)


def test_a_reader_that_takes_a_little_is_stuck_and_one_that_takes_enough_is_not() -> None:
    for taken_per_s, is_stuck in ((1, True), (5, True), (50, False)):
        outlet = outlet_on(wire := Wire())
        outlet.tell(1, Frame("x" * 900))
        found = []
        for now_s in range(1, 16):
            wire.taken += taken_per_s
            found.append(outlet.is_stuck(now_s))
        assert any(found) is is_stuck, taken_per_s


def test_a_closed_outlet_sends_nothing_more_and_keeps_what_a_poll_may_take() -> None:
    outlet = outlet_on(wire := Wire())
    outlet.close()
    outlet.tell(1, Frame("e1"))
    outlet.send(Frame("ack"))
    assert (wire.written, outlet.write) == (b"", None)
    polling = outlet_on(None)
    polling.send(Frame("last"))
    polling.close()
    polling.send(Frame("too late"))
    assert texts(polling.take()) == ["last"]


async def test_a_poll_is_woken_by_news_and_by_the_end() -> None:
    outlet = outlet_on(None)
    news = outlet.news()
    assert not news.done()
    outlet.tell(1, Frame("e1"))
    assert news.done()
    assert outlet.news().done()
    outlet.take()
    news = outlet.news()
    assert not news.done()
    outlet.close()
    assert news.done()
