"""Users over the API: the list, one user, and a host's start key."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from server.simulator.api import LIGHT, MEDIUM, Call, Endpoint
from server.simulator.api_meetings import host_of
from server.simulator.errors import invalid_fields
from server.simulator.representations import user_json, user_row


async def listing(call: Call) -> Response:
    """GET /users; everybody here is active."""
    status = call.query.get("status", "active")
    if status not in ("active", "inactive", "pending"):
        raise invalid_fields([("status", "Invalid field.")])
    rows = [user_row(user) for user in call.world.account.users] if status == "active" else []
    now = call.world.clock.now()
    return JSONResponse(call.world.pages.cut("users", rows, call.query, f"users:{status}", now, most=2000))


async def read(call: Call) -> Response:
    """GET /users/{}, by id or e-mail."""
    world, user = call.world, host_of(call)
    is_owner = user.id == world.account.owner.id
    return JSONResponse(user_json(user, world.config.account_id, world.addresses.public_url, is_owner=is_owner))


async def token(call: Call) -> Response:
    """GET /users/{}/token?type=zak."""
    return JSONResponse({"token": call.world.zak_for(host_of(call))})


ENDPOINTS = (
    Endpoint("GET", "/users", MEDIUM, ("user:read:list_users:admin",), listing),
    Endpoint("GET", "/users/{}", LIGHT, ("user:read:user", "user:read:user:admin"), read),
    Endpoint("GET", "/users/{}/token", LIGHT, ("user:read:token", "user:read:token:admin"), token),
)
