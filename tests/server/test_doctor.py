import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.data_folder import DataFolder
from server.doctor import Finding, State, examine
from server.settings import read_settings
from tests.support.database import opened
from tests.support.serving import served

ACCOUNT = {"ZOOM_ACCOUNT_ID": "acc", "ZOOM_CLIENT_ID": "cli", "ZOOM_CLIENT_SECRET": "canary-secret"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from any `.env`."""
    monkeypatch.chdir(tmp_path)


def found(subject: str, data: Path, *, demo: bool | None = False, port: int = 0) -> Finding:
    return next(each for each in examine(data, demo=demo, port=port) if each.subject == subject)


def test_a_fresh_machine_is_well_for_a_demo(tmp_path: Path) -> None:
    findings = examine(tmp_path / "data", demo=None, port=0)
    assert {each.state for each in findings if each.subject != "dashboards"} == {State.GOOD}
    assert not (tmp_path / "data").exists()


def test_every_trouble_comes_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_PUBLIK_URL", "x")
    findings = [each for each in examine(tmp_path, demo=False, port=0) if each.state is not State.GOOD]
    assert {"settings", "Zoom", "webhooks", "address"} <= {each.subject for each in findings}
    assert all(each.mend for each in findings)


def test_a_wrong_setting_is_told_and_ends_the_examination(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "http")
    finding = found("settings", tmp_path)
    assert finding.state is State.BAD
    assert finding.told.startswith("PORT: expected")


async def test_a_database_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    before = (tmp_path / "rollcall.db").read_bytes()
    assert found("database", tmp_path).state is State.GOOD
    assert (tmp_path / "rollcall.db").read_bytes() == before


async def test_a_database_of_another_version_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    for version, state in (("9999", State.BAD), ("0000", State.DOUBTFUL)):
        with closing(sqlite3.connect(tmp_path / "rollcall.db")) as database:
            database.execute("UPDATE alembic_version SET version_num = ?", (version,))
            database.commit()
        finding = found("database", tmp_path)
        assert (finding.state, version in finding.told) == (state, True)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "rollcall.db").write_bytes(b"not a database at all" * 100)
    finding = found("database", tmp_path)
    assert finding.state is State.BAD
    assert "not a database" in finding.told


def test_a_key_others_can_read_is_told(tmp_path: Path) -> None:
    with DataFolder(tmp_path, demo=False) as folder:
        folder.keys(read_settings(None))
    assert found("secret key", tmp_path).state is State.GOOD
    (tmp_path / "secret_key").chmod(0o644)
    assert found("secret key", tmp_path).state is State.BAD


async def test_what_no_key_opens_any_more_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path):
        pass
    with DataFolder(tmp_path, demo=False) as folder:
        sealed = folder.keys(read_settings(None)).vault().seal(b"{}")
    assert found("sealed data", tmp_path).told == "nothing is sealed yet"
    with closing(sqlite3.connect(tmp_path / "rollcall.db")) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("INSERT INTO meeting_secrets (meeting_id, sealed) VALUES ('m1', ?)", (sealed,))
        database.commit()
    assert found("sealed data", tmp_path).state is State.GOOD
    monkeypatch.setenv("ROLLCALL_SECRET_KEY", "n" * 32)
    assert found("sealed data", tmp_path).state is State.GOOD
    (tmp_path / "secret_key").unlink()
    assert found("sealed data", tmp_path).state is State.BAD
    monkeypatch.delenv("ROLLCALL_SECRET_KEY")
    assert found("sealed data", tmp_path).told == "The secret key is gone."


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with DataFolder(tmp_path, demo=False) as folder:
        folder.announce("http://127.0.0.1:1")
        finding = found("server", tmp_path)
    assert finding.state is State.BAD
    assert "does not answer" in finding.told


@pytest.mark.parametrize(("status", "state"), [(200, State.GOOD), (400, State.BAD)])
async def test_zooms_token_is_asked_for_and_no_secret_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, state: State
) -> None:
    async def token(request: Request) -> Response:
        return JSONResponse({"access_token": "canary", "reason": "canary"}, status)

    zoom = Starlette(routes=[Route("/oauth/token", token, methods=["POST"])])
    async with served(zoom) as (host, port):
        for name, value in ACCOUNT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("ZOOM_OAUTH_URL", f"http://{host}:{port}/oauth/token")
        findings = await examined(tmp_path)
    zoom_finding = next(each for each in findings if each.subject == "Zoom")
    assert zoom_finding.state is state
    assert "canary" not in str(findings)


def test_a_zoom_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ZOOM_OAUTH_URL", "http://127.0.0.1:1/oauth/token")
    finding = found("Zoom", tmp_path)
    assert finding.state is State.BAD
    assert "cannot be reached" in finding.told


def test_an_https_address_without_a_trusted_proxy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_PUBLIC_URL", "https://rollcall.example.org")
    finding = found("address", tmp_path)
    assert finding.state is State.DOUBTFUL
    assert "ROLLCALL_TRUSTED_PROXIES" in finding.mend
    monkeypatch.setenv("ROLLCALL_TRUSTED_PROXIES", "10.0.0.5")
    assert found("address", tmp_path).state is State.GOOD


async def examined(data: Path) -> list[Finding]:
    """In a thread, as the Zoom it asks answers in this one."""
    return await asyncio.to_thread(examine, data, demo=None, port=0)
