"""Serves the built dashboards: one page for every address, and its files.

Whoever is not signed in gets the page too; what it may show it asks the API. Files are looked up by a plain name in one
folder, so that no path leads out of it. This file does not know what the pages do.
"""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from realtime.errors import NotFound

PAGES = (
    "/",
    "/login",
    "/admin-dashboard/zoom-integration",
    "/admin/meetings",
    "/admin/meetings/{id}/participants",
    "/teacher/meetings",
    "/teacher/meetings/{id}/participants",
    "/zoom/create-meeting",
    "/zoom/meetings",
    "/dashboard/ZoomIntegration",
    "/zoom/upcoming-meetings",
)
ROOT_FILES = ("favicon.ico", "favicon.svg", "apple-touch-icon.png", "manifest.webmanifest", "robots.txt")
NOT_PAGES = ("/api/", "/socket.io", "/simulator/", "/assets/", "/metrics", "/healthz", "/readyz")

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_FOR_EVER = "public, max-age=31536000, immutable"  # a name carries a hash of what is in the file
_ASK_AGAIN = "no-cache"  # the page names the files of this build; an old one would ask for files that are gone
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rollcall</title></head>
<body><h1>The dashboards are not built</h1>
<p>The server runs, but its pages are missing. Run <code>scripts/setup</code> in the checkout and load this page again.
</p></body></html>
"""


class PageRoutes:
    """The routes of everything a browser shows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def routes(self) -> list[Route]:
        """All of them; an address of a page is good with a slash at its end and without."""
        pages = [Route(path, self.page, methods=["GET"]) for each in PAGES for path in _both(each)]
        files = [Route(f"/{name}", self.root_file, methods=["GET"]) for name in ROOT_FILES]
        return [*pages, Route("/assets/{name}", self.asset, methods=["GET"]), *files]

    async def page(self, request: Request) -> Response:
        """The one page; its script draws what the address says."""
        return self._index(200)

    async def not_found(self, request: Request) -> Response | None:
        """The same page for a browser that lost its way; None for whoever does not want a page."""
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        return self._index(404) if wants_page and not request.url.path.startswith(NOT_PAGES) else None

    async def asset(self, request: Request) -> Response:
        """A script, a style or a picture of the build."""
        return self._file(self._folder / "assets", request.path_params["name"], _FOR_EVER)

    async def root_file(self, request: Request) -> Response:
        """A file that browsers ask for by a fixed name."""
        return self._file(self._folder, request.url.path.removeprefix("/"), _ASK_AGAIN)

    def _index(self, status: int) -> Response:
        index = self._folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT, 503, {"cache-control": "no-store"})
        return FileResponse(index, status, {"cache-control": _ASK_AGAIN})

    def _file(self, folder: Path, name: str, cache: str) -> Response:
        path = folder / name
        if not _NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
            raise NotFound("There is nothing at this address.")
        return FileResponse(path, headers={"cache-control": cache})


def built_dashboard() -> Path:
    """Where the built pages are: in a checkout beside their source, in an installed package beside this code."""
    server = Path(__file__).resolve().parent.parent
    packaged = server / "dashboard_dist"
    return packaged if packaged.is_dir() else server.parent / "static" / "dashboard" / "dist"


def _both(path: str) -> tuple[str, ...]:
    return (path,) if path == "/" else (path, f"{path}/")
