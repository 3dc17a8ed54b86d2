"""What the README says of the wire is what the code does."""

import re
from pathlib import Path

from starlette.routing import Mount, Route

from realtime.events import COMMANDS, EVENTS
from server.app import house
from server.data_folder import DataFolder
from server.routes.pages import PAGES, ROOT_FILES
from server.settings import Options, Settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def table(name: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table below the comment of that name, by their first cell."""
    _, _, rest = README.partition(f"<!-- {name}")
    assert rest, f"the README has no table of {name}"
    body = rest.partition("\n\n")[2].partition("\n\n")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in body.splitlines()[2:]]
    return {row[0].strip("`| "): row[1:] for row in rows}


def test_the_table_of_events_is_the_registry() -> None:
    assert {name: (hears, how.rstrip(" |")) for name, (hears, how) in table("events").items()} == {
        kind.name: (kind.hears, kind.delivery.value) for kind in EVENTS.values()
    }


def test_the_table_of_commands_is_the_registry() -> None:
    assert {name: does.rstrip(" |") for name, (does,) in table("commands").items()} == {
        kind.name: kind.does for kind in COMMANDS.values()
    }


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    assert set(table("settings")) == {str(field.validation_alias) for field in Settings.model_fields.values()}


async def test_the_table_of_routes_names_every_route_and_no_other(tmp_path: Path) -> None:
    options = Options(host="127.0.0.1", port=0, data=tmp_path, demo=False)
    with DataFolder(tmp_path, demo=False) as folder:
        async with house(Settings(), options, folder, "http://127.0.0.1:1") as built:
            assert not [route for route in built.routes if isinstance(route, Mount)]
            served = {
                f"{method} {re.sub(r':str', '', route.path)}"
                for route in built.routes
                if isinstance(route, Route) and not is_page(route.path)
                for method in (route.methods or set()) - {"HEAD"}
            }
    assert set(table("routes")) == served


def is_page(path: str) -> bool:
    """Whether this is a page or a file of one, which the README does not list."""
    return (path.rstrip("/") or "/") in PAGES or path.startswith(("/assets/", "/setup")) or path[1:] in ROOT_FILES
