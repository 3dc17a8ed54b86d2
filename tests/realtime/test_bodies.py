import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.bodies import encode, instant, optional_instant
from tests.support.strategies import MOMENTS, TEXTS


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 9, 14, 9, 0, 4, tzinfo=UTC), "2026-09-14T09:00:04Z"),
        (datetime(2026, 9, 14, 9, 0, 4, 20_000, tzinfo=UTC), "2026-09-14T09:00:04.020Z"),
        (datetime(2026, 9, 14, 17, 0, tzinfo=timezone(timedelta(hours=8))), "2026-09-14T09:00:00Z"),
    ],
)
def test_a_moment_travels_in_utc(at: datetime, text: str) -> None:
    assert instant(at) == optional_instant(at) == text


def test_a_moment_that_has_not_come_is_null() -> None:
    assert optional_instant(None) is None


@given(MOMENTS)
def test_a_moment_in_whole_milliseconds_loses_nothing(at: datetime) -> None:
    assert datetime.fromisoformat(instant(at)) == at


@given(st.dictionaries(TEXTS, TEXTS | st.integers() | st.none() | st.lists(TEXTS)))
def test_a_body_is_json_in_one_line_as_people_wrote_it(body: dict[str, object]) -> None:
    text = encode(body)
    assert json.loads(text) == body
    assert "\n" not in text
    assert "\\u00e9" not in encode({"name": "José"})
