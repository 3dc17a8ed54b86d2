"""The page on which the very first admin is made.

The link's token stands behind its `#`, which no browser sends to anybody, so it is in no log; a script puts it into
the form, and without scripts it is pasted there. This file does not know when such a link is good.
"""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from realtime.errors import NotFound, RollcallError
from server.auth import is_secure, set_cookie
from server.doors.addresses import client_address
from server.errors import BadRequest, UnsupportedMedia, status_of
from server.people.setup_links import SetupLinks

FOLDER = Path(__file__).resolve().parent.parent / "setup_page"
FIELDS = ("token", "name", "email", "password")
MOST_FIELDS = 10
# The default, `no-referrer`, makes browsers send the form with `Origin: null`, which the doors refuse.
HEADERS = {"referrer-policy": "same-origin", "cache-control": "no-store"}


class SetupRoutes:
    """The page, its two files, and the form it sends."""

    def __init__(self, links: SetupLinks) -> None:
        self._links = links
        self._page = Template((FOLDER / "page.html").read_text("utf-8"))

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/setup", self.show, methods=["GET"]),
            Route("/setup", self.create, methods=["POST"]),
            Route("/setup/{name:str}", self.file, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """The empty form."""
        return self._form({}, "", 200)

    async def create(self, request: Request) -> Response:
        """Make the admin, sign them in, and go to the dashboard; or say what is wrong above the form."""
        given = await form(request)
        try:
            signed = await self._links.use(
                given["token"],
                email=given["email"],
                name=given["name"],
                password=given["password"],
                address=client_address(request.scope),
                user_agent=request.headers.get("user-agent", ""),
            )
        except RollcallError as error:
            wrong = " ".join((error.message, *getattr(error, "fields", {}).values()))
            return self._form(given, wrong, status_of(error))
        response = RedirectResponse("/", 303, HEADERS)
        set_cookie(response, signed.token, secure=is_secure(request))
        return response

    async def file(self, request: Request) -> Response:
        """The script or the style of the page."""
        name = request.path_params["name"]
        if name not in ("page.js", "page.css"):
            raise NotFound("There is nothing at this address.")
        return FileResponse(FOLDER / name, headers={"cache-control": "no-cache"})

    def _form(self, given: dict[str, str], problem: str, status: int) -> Response:
        shown = {name: escape(given.get(name, "")) for name in FIELDS if name != "password"}
        told = f'<p role="alert">{escape(problem)}</p>' if problem else ""
        return HTMLResponse(self._page.substitute(shown, problem=told), status, HEADERS)


async def form(request: Request) -> dict[str, str]:
    """The fields of an HTML form; what is missing is empty. Errors: UnsupportedMedia, BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedMedia("Expected a form.")
    try:
        sent = parse_qs((await request.body()).decode(), strict_parsing=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadRequest("Expected the fields of the form.") from None
    return {name: sent.get(name, [""])[0] for name in FIELDS}
