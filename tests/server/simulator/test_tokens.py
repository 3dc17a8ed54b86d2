import httpx
import pytest

from tests.server.simulator.house import ACCOUNT, CLIENT, OWNER, SECRET, token, zoom

GRANT = {"grant_type": "account_credentials", "account_id": ACCOUNT}


@pytest.mark.parametrize("where", ["form", "query"])
async def test_an_app_gets_a_token_with_its_fields_in_form_or_query(where: str) -> None:
    async with zoom() as z:
        given = {"data": GRANT} if where == "form" else {"params": GRANT}
        answer = await z.http.post("/oauth/token", auth=(CLIENT, SECRET), **given)  # type: ignore[arg-type]  # one of two
    found = answer.json()
    assert answer.status_code == 200
    assert found["token_type"] == "bearer"
    assert found["expires_in"] == 3600
    assert "meeting:read:meeting:admin" in found["scope"].split(" ")
    assert found["api_url"] == "http://zoom.test"


@pytest.mark.parametrize(
    ("auth", "form", "status", "error"),
    [
        ((CLIENT, "wrong"), GRANT, 401, "invalid_client"),
        (None, GRANT, 401, "invalid_client"),
        ((CLIENT, SECRET), GRANT | {"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ((CLIENT, SECRET), GRANT | {"account_id": "other"}, 400, "invalid_request"),
        ((CLIENT, SECRET), {}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_refused_token_has_the_shape_of_oauth_errors(
    auth: tuple[str | bytes, str | bytes] | None, form: dict[str, str], status: int, error: str
) -> None:
    async with zoom() as z:
        del z.http.headers["authorization"]
        answer = await z.http.post("/oauth/token", data=form, auth=auth or httpx.Auth())
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.json().keys() == {"reason", "error"}


async def call(http: httpx.AsyncClient, authorization: str | None) -> httpx.Response:
    http.headers.pop("authorization", None)
    return await http.get("/v2/users", headers={"authorization": authorization} if authorization else {})


@pytest.mark.parametrize("authorization", [None, "Bearer nobody", "Basic abc", "Bearer"])
async def test_a_call_without_a_valid_token_is_refused_with_code_124(authorization: str | None) -> None:
    async with zoom() as z:
        answer = await call(z.http, authorization)
    assert answer.status_code == 401
    assert answer.json() == {"code": 124, "message": "Invalid access token."}


async def test_a_token_in_the_query_is_not_heard() -> None:
    async with zoom() as z:
        good = await token(z.http)
        z.http.headers.pop("authorization")
        answer = await z.http.get("/v2/users", params={"access_token": good})
    assert answer.status_code == 401


async def test_a_token_dies_after_its_hour_and_another_one_lives_beside_it() -> None:
    async with zoom() as z:
        first = await token(z.http)
        await z.time.pass_by(1800)
        second = await token(z.http)
        assert (await call(z.http, f"Bearer {first}")).status_code == 200
        await z.time.pass_by(1801)
        late = await call(z.http, f"Bearer {first}")
        assert late.status_code == 401
        assert late.json() == {"code": 124, "message": "Access token is expired."}
        assert (await call(z.http, f"Bearer {second}")).status_code == 200


async def test_revoked_tokens_are_invalid_at_once() -> None:
    async with zoom() as z:
        await z.control("tokens/revoke")
        assert (await z.http.get("/v2/users")).status_code == 401


async def test_a_call_beyond_the_scopes_of_the_app_names_what_is_missing() -> None:
    async with zoom(scopes=("user:read:list_users:admin",)) as z:
        assert (await z.http.get("/v2/users")).status_code == 200
        answer = await z.http.get(f"/v2/users/{OWNER.id}")
    assert answer.status_code == 400
    assert answer.json() == {
        "code": 4711,
        "message": "Invalid access token, does not contain scopes:[user:read:user, user:read:user:admin].",
    }
