"""Posts a captured notification again, signed as Zoom would sign it now.

It exists so that one can see what a notification does, on a running server and through its real door. It does not
know what notifications mean.
"""

from pathlib import Path

import httpx

from server.chores import ANSWERS_WITHIN_S, asked, speaking_to
from server.data_folder import Running
from server.settings import StartError

DOOR = "/api/zoom/webhook"


async def replayed(file: Path, running: Running | None) -> httpx.Response:
    """The server's answer to the bytes of this file. Errors: StartError without a server, or a file."""
    try:
        body = file.read_bytes()  # noqa: ASYNC240  # one small file, and nothing else waits for this loop
    except OSError as missing:
        raise StartError(
            f"{file}: expected a file with the body of one notification, but {missing.strerror}."
        ) from None
    if running is None:
        raise StartError(
            "No server holds this data folder; start one with rollcall serve, or name its folder by --data."
        )
    async with speaking_to(running) as command:
        signed = (await asked(command.post("/api/control/signature", content=body)))["headers"]
    async with httpx.AsyncClient(base_url=running.url, timeout=ANSWERS_WITHIN_S, trust_env=False) as zoom:
        return await zoom.post(DOOR, content=body, headers={"content-type": "application/json", **signed})
