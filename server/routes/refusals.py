"""A refusal as a page of its own: a link was opened in a tab, so there is no page around it that could say so.

It works without scripts, as the links do; so the server says the time, and in the school's own zone, which it names.
"""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse, Response

from realtime.errors import Forbidden, RollcallError, Unavailable
from server.errors import status_of


def refusal_page(error: RollcallError, timezone: str) -> Response:
    """What was refused and, where it is known, from when it will not be."""
    opens_at = error.opens_at if isinstance(error, Forbidden) else None
    when = f"<p>It opens at {time_element(opens_at, timezone)}.</p>" if opens_at else ""
    later = {"retry-after": str(error.retry_after_s)} if isinstance(error, Unavailable) else {}
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1"><title>Rollcall</title>'
        '<link rel=icon href="/favicon.svg">'
        # The style of the set-up page: of all there are, the one that no build has to make first.
        '<link rel=stylesheet href="/setup/page.css">'
        f'<main><h1>{escape(error.message)}</h1>{when}<p><a href="/">Back to Rollcall</a></p></main>',
        status_of(error),
        {"cache-control": "no-store", **later},
    )


def time_element(instant: str, timezone: str) -> str:
    """An instant as people of this time zone say it: "13:45 on Friday 27 November (Asia/Manila)"."""
    local = datetime.fromisoformat(instant).astimezone(ZoneInfo(timezone))
    said = f"{local:%H:%M} on {local:%A} {local.day} {local:%B} ({timezone.replace('_', ' ')})"
    return f'<time datetime="{escape(instant)}">{escape(said)}</time>'
