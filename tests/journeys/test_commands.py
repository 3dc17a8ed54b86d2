import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.data_folder import running_server
from server.demo import ADMIN, PASSWORD
from tests.support.commands import PATIENCE_S, ROOT, run, running

NOTIFICATION = ROOT / "tests" / "fixtures" / "zoom" / "webhooks" / "meeting.created.json"
ACCOUNT = {"ZOOM_ACCOUNT_ID": "a", "ZOOM_CLIENT_ID": "b", "ZOOM_CLIENT_SECRET": "canary-secret"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, list[str]]]:
    """A demo that runs: its folder, its address, what it said."""
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, "serve", "--port", "0", until="Play a class") as (_, said):
        yield folder, said[0].removeprefix("Rollcall answers on "), said


def test_help_is_quick_and_names_every_command() -> None:
    began = time.monotonic()
    told = run(ROOT, "--help")
    assert time.monotonic() - began < 3.0  # with a busy machine in mind; alone it takes 0.3 s
    assert told.returncode == 0
    for name in ("serve", "simulator", "user", "doctor", "replay", "migrate"):
        assert re.search(rf"\b{name}\b", told.stdout), name


def test_a_demo_says_loudly_that_it_is_one_and_how_to_come_in(demo: tuple[Path, str, list[str]]) -> None:
    _, url, said = demo
    assert any(line.startswith("DEMO") for line in said)
    for email in ("admin@demo.school", "teacher@demo.school", "student@demo.school"):
        assert any(email in line and "password demo" in line for line in said)
    assert httpx.get(f"{url}/healthz").json()["demo"] is True
    login = httpx.post(f"{url}/api/auth/login", json={"email": ADMIN, "password": PASSWORD})
    assert login.json()["user"]["role"] == "admin"


def test_people_are_kept_beside_a_running_server(demo: tuple[Path, str, list[str]]) -> None:
    folder, url, _ = demo
    words = ("user", "add", "Tess@School.test", "--name", "Tess Reyes", "--role", "teacher", "--password-stdin")
    added = run(folder, *words, typed="correct horse\n")
    assert (added.returncode, added.stdout) == (0, "Tess Reyes <tess@school.test> is a new teacher.\n")
    login = httpx.post(f"{url}/api/auth/login", json={"email": "tess@school.test", "password": "correct horse"})
    token = {"authorization": f"Bearer {login.json()['token']}"}
    changed = run(folder, "user", "set-password", "tess@school.test", "--password-stdin", typed="another horse\n")
    assert changed.stdout == "tess@school.test has a new password; 1 login ended.\n"
    assert httpx.get(f"{url}/api/auth/me", headers=token).status_code == 401
    assert "teacher   tess@school.test" in run(folder, "user", "list").stdout
    again = run(folder, *words, typed="correct horse\n")
    assert again.returncode == 1
    assert again.stderr == "rollcall: There is already somebody with the e-mail address tess@school.test.\n"


def test_a_captured_notification_goes_through_the_real_door(demo: tuple[Path, str, list[str]]) -> None:
    folder, url, _ = demo
    token = httpx.post(f"{url}/api/auth/login", json={"email": ADMIN, "password": PASSWORD}).json()["token"]
    told = run(folder, "replay", str(NOTIFICATION))
    assert (told.returncode, told.stderr) == (0, "")
    assert "answered 204" in told.stdout
    found = httpx.get(
        f"{url}/api/zoom/meetings", params={"q": "Matematik"}, headers={"authorization": f"Bearer {token}"}
    )
    assert [meeting["zoom_meeting_id"] for meeting in found.json()["meetings"]] == ["88123456789"]


def test_no_key_is_in_the_log(demo: tuple[Path, str, list[str]]) -> None:
    folder, url, _ = demo
    token = httpx.post(f"{url}/api/auth/login", json={"email": ADMIN, "password": PASSWORD}).json()["token"]
    httpx.get(f"{url}/api/auth/me", params={"token": token}, headers={"cookie": f"rollcall_session={token}"})
    httpx.get(f"{url}/socket.io/", params={"EIO": "4", "transport": "polling", "sid": token})
    run(folder, "user", "list")
    running = running_server(folder / ".rollcall" / "demo")
    assert running is not None
    log = (folder / "log.txt").read_text()
    assert "path=/api/auth/me" in log
    assert token not in log
    assert running.control_key not in log


def test_doctor_finds_a_running_demo_well(demo: tuple[Path, str, list[str]]) -> None:
    folder, url, _ = demo
    told = run(folder, "doctor")
    assert (told.returncode, told.stderr) == (0, "")
    assert f"answers on {url}" in told.stdout
    assert not re.search(r"^bad", told.stdout, re.MULTILINE)


def test_a_second_server_on_the_same_data_is_refused_in_one_sentence(demo: tuple[Path, str, list[str]]) -> None:
    folder, url, _ = demo
    refused = run(folder, "serve", "--port", "0")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "is in use by the server with process id" in refused.stderr
    assert url in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert run(folder, "migrate").returncode == 1


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run(tmp_path, "serve", "--port", port)
        alone = run(tmp_path, "simulator", "--port", port)
        looked = run(tmp_path, "doctor", "--port", port)
    for told in (refused, alone):
        assert told.returncode == 1
        assert told.stderr.startswith("rollcall: --port: expected")
        assert told.stderr.count("\n") == 1
    assert looked.returncode == 1
    assert f"port {port} cannot be had" in looked.stdout


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("--host", "0.0.0.0"), {}, "say --demo if it shall be reachable"),
        (("--workers", "2"), {}, "--workers: expected 1"),
        (("--play", "--no-demo"), {}, "--play: expected a demo"),
        ((), {"ZOOM_ACCOUNT_ID": "a"}, "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET: expected beside"),
        ((), {"ROLLCALL_ALLOWED_ORIGINS": "*"}, "ROLLCALL_ALLOWED_ORIGINS: expected"),
        ((), ACCOUNT | {"ROLLCALL_DATABASE_URL": "postgresql://u:canary@db/x"}, "ROLLCALL_DATABASE_URL: expected"),
    ],
)
def test_a_wrong_start_is_refused_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    refused = run(tmp_path, "serve", "--port", "0", *words, **environment)
    assert refused.returncode == 1
    assert refused.stderr.startswith("rollcall: ")
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "canary" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_first_start_on_a_schools_own_data_prints_a_link_for_the_first_admin(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "--port", "0", "--no-demo", until="/setup#") as (_, said):
        url, token = said[-1].strip().split("/setup#")
        fields = {"token": token, "name": "Ada", "email": "ada@school.test", "password": "correct horse"}
        made = httpx.post(f"{url}/setup", data=fields)
        assert made.status_code == 303
        assert not any("demo.school" in line for line in said)
    assert token not in (tmp_path / "log.txt").read_text()
    with running(tmp_path, "serve", "--port", "0", "--no-demo", until="doctor") as (process, said):
        assert not any("/setup#" in line for line in said)
        assert process.poll() is None


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_leaves_everything_in_order(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path, "serve", "--port", "0", until="Play a class") as (process, _):
        process.send_signal(how)
        assert process.wait(PATIENCE_S) == 0
        log = (tmp_path / "log.txt").read_text()
    left = {path.name: path.stat().st_size for path in (tmp_path / ".rollcall" / "demo").iterdir()}
    assert left["lock"] == 0
    assert "rollcall.db-wal" not in left
    assert "Traceback" not in log


def test_people_are_kept_without_a_server_too(tmp_path: Path) -> None:
    words = ("user", "add", "ada@school.test", "--name", "Ada", "--role", "admin", "--password-stdin", "--no-demo")
    assert run(tmp_path, *words, typed="correct horse\n").returncode == 0
    listed = run(tmp_path, "user", "list", "--no-demo")
    assert listed.stdout.split() == ["admin", "ada@school.test", "Ada"]
    short = run(tmp_path, "user", "set-password", "ada@school.test", "--password-stdin", "--no-demo", typed="short\n")
    assert (short.returncode, short.stdout) == (1, "")
    assert "Expected 8 to 1024 characters." in short.stderr
    with running(tmp_path, "serve", "--port", "0", "--no-demo", until="doctor") as (_, said):
        url = said[0].removeprefix("Rollcall answers on ")
        login = httpx.post(f"{url}/api/auth/login", json={"email": "ada@school.test", "password": "correct horse"})
        assert login.status_code == 200


def test_a_database_is_brought_to_the_present_schema(tmp_path: Path) -> None:
    told = run(tmp_path, "migrate", "--no-demo")
    assert re.fullmatch(r"\S+rollcall\.db has schema \d{4}\.\n", told.stdout)


def test_nothing_is_replayed_to_nobody(tmp_path: Path) -> None:
    told = run(tmp_path, "replay", str(NOTIFICATION))
    assert told.returncode == 1
    assert told.stderr.startswith("rollcall: No server holds this data folder")
    assert run(tmp_path, "replay", "missing.json").returncode == 1


def test_a_mistyped_name_of_a_setting_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ROLLCALL_TIMEZON=Asia/Manila\n")
    told = run(tmp_path, "user", "list", "--no-demo")
    assert told.stderr == "rollcall: ROLLCALL_TIMEZON is not a setting of Rollcall; did you mean ROLLCALL_TIMEZONE?\n"


def test_the_simulator_runs_alone_and_says_how_to_use_it(tmp_path: Path) -> None:
    words = ("simulator", "--port", "0", "--account-id", "acc", "--client-id", "cli", "--client-secret", "sec")
    alone = running(tmp_path, *words, "--webhook-url", "http://127.0.0.1:9/hook", until="Notifications go to")
    with alone as (_, said):
        given = dict(line.strip().split("=", 1) for line in said if "=" in line)
        form = {"grant_type": "account_credentials", "account_id": given["ZOOM_ACCOUNT_ID"]}
        token = httpx.post(given["ZOOM_OAUTH_URL"], data=form, auth=("cli", "sec")).json()["access_token"]
        people = f"{given['ZOOM_API_URL']}/users"
        listed = httpx.get(people, headers={"authorization": f"Bearer {token}"})
        rebound = httpx.get(people, headers={"host": "evil.example"})
    assert [user["email"] for user in listed.json()["users"]] == ["host@school.example"]
    assert rebound.status_code == 421
    assert said[-1] == "Notifications go to http://127.0.0.1:9/hook."
    assert run(tmp_path, "simulator", "--webhook-url", "nowhere").stderr.startswith("rollcall: --webhook-url: expected")
