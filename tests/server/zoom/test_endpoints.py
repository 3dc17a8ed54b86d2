from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.zoom.endpoints import filled, segment
from server.zoom.errors import ZoomNotFound


@pytest.mark.parametrize(
    ("id_", "path"),
    [
        ("88123456789", "88123456789"),
        ("mXq7Rk2bTzGd0aJ4vN1c+w==", "mXq7Rk2bTzGd0aJ4vN1c%2Bw%3D%3D"),
        ("a/b==", "a%2Fb%3D%3D"),
        ("/ajXp112QmuoKj4854875==", "%252FajXp112QmuoKj4854875%253D%253D"),
        ("a//b==", "a%252F%252Fb%253D%253D"),
        ("t.berglund@school.example", "t.berglund%40school.example"),
        ("a?b#c%d", "a%3Fb%23c%25d"),
    ],
)
def test_an_id_is_encoded_once_and_a_uuid_with_awkward_slashes_twice(id_: str, path: str) -> None:
    assert segment(id_) == path
    # What goes over the wire is this and no other spelling of it.
    assert httpx.URL(f"https://zoom.example/v2/meetings/{segment(id_)}").raw_path.decode() == f"/v2/meetings/{path}"


@given(st.text(min_size=1, max_size=40).filter(lambda id_: id_ not in (".", "..")))
def test_no_id_leads_to_another_path(id_: str) -> None:
    raw = httpx.URL("https://zoom.example/v2" + filled("/users/{}/meetings", id_)).raw_path.decode()
    assert raw.count("/") == 4
    assert raw.startswith("/v2/users/")
    assert raw.endswith("/meetings")
    once = unquote(raw.split("/")[3])
    assert id_.encode(errors="replace").decode() in (once, unquote(once))


@pytest.mark.parametrize("id_", ["", ".", "..", "x" * 301])
def test_what_cannot_be_an_id_is_asked_of_nobody(id_: str) -> None:
    with pytest.raises(ZoomNotFound):
        filled("/users/{}/meetings", id_)
