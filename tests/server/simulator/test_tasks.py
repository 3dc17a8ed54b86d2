import asyncio

from server.simulator.tasks import TaskOwner


async def test_closing_cancels_what_is_at_work_and_waits_for_it() -> None:
    ends: list[str] = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("cancelled")

    owner = TaskOwner("test")
    owner.spawn(never())
    await asyncio.sleep(0)
    await owner.close()
    assert ends == ["cancelled"]
    assert len(owner) == 0


async def test_closing_ends_though_a_task_has_ended_this_very_moment() -> None:
    async def at_once() -> None:
        return

    owner = TaskOwner("test")
    ended = owner.spawn(at_once())
    await asyncio.sleep(0)
    assert ended.done()
    assert len(owner) == 1, "who holds it has not heard of it yet"
    await owner.close()
    assert len(owner) == 0
