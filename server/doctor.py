"""Looks at everything a server needs and says what is wrong, and how to mend it.

It exists because most troubles of a first day are one missing name or one closed door. It changes nothing: it opens
the database for reading only and takes no lock, so that it can run beside a server. Each look is one function that
gives one finding; none of them stops the others.
"""

import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from server.data_folder import DATABASE, DEMO, KEY, FolderError, Running, known_keys, running_server
from server.routes.pages import built_dashboard
from server.settings import Settings, SettingsError, choose_demo, doubtful_names, read_settings
from server.vault import Unreadable

ANSWERS_WITHIN_S = 5.0
OLDEST_PYTHON = (3, 11)
CORRECTED_SQLITE = (3, 51, 3)
PUT_BACK = "Stop the server and put back a copy of the data folder."
ZOOM_TOKENS = "https://zoom.us/oauth/token"


class State(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, and what to do about it."""

    subject: str
    state: State
    told: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at."""

    settings: Settings
    folder: Path
    demo: bool
    port: int
    running: Running | None


def examine(data: Path, *, demo: bool | None, port: int | None) -> list[Finding]:
    """Everything that could be found out."""
    first = [_python(), _sqlite()]
    try:
        settings = read_settings()
        is_demo = choose_demo(settings, demo, "127.0.0.1")
    except SettingsError as wrong:
        return [*first, Finding("settings", State.BAD, str(wrong), "Correct it in the environment or in .env.")]
    folder = data / DEMO if is_demo else data
    patient = Patient(settings, folder, is_demo, settings.port if port is None else port, running_server(folder))
    looks: Sequence[Callable[[Patient], Finding]] = (
        _settings,
        _folder,
        _secret_key,
        _database,
        _sealed,
        _dashboard,
        _server,
        _zoom,
        _webhooks,
        _address,
    )
    return [*first, *(look(patient) for look in looks)]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", State.BAD, f"{version} is too old.", "Install Python 3.11 or newer.")
    return Finding("Python", State.GOOD, version)


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= CORRECTED_SQLITE:
        return Finding("SQLite", State.GOOD, version)
    told = f"{version} can damage a file that two connections write; Rollcall writes with one, so this is safe."
    return Finding("SQLite", State.GOOD, told)


def _settings(patient: Patient) -> Finding:
    doubts = doubtful_names()
    if doubts:
        return Finding("settings", State.DOUBTFUL, " ".join(doubts), "Correct or remove these names.")
    return Finding("settings", State.GOOD, "a demo" if patient.demo else "a school's own data")


def _folder(patient: Patient) -> Finding:
    folder = patient.folder
    if not folder.exists():
        return Finding("data folder", State.GOOD, f"{folder} will be made at the first start.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data folder", State.BAD, f"{folder} may not be written.", "Give it to the server's user.")
    if folder.stat().st_mode & 0o077:
        mend = f"Run chmod go-rwx {folder}."
        return Finding("data folder", State.DOUBTFUL, f"{folder} can be read by other users.", mend)
    return Finding("data folder", State.GOOD, str(folder))


def _secret_key(patient: Patient) -> Finding:
    if patient.settings.secret_keys:
        return Finding("secret key", State.GOOD, "from ROLLCALL_SECRET_KEY")
    path = patient.folder / KEY
    if not path.exists():
        return Finding("secret key", State.GOOD, "will be made at the first start.")
    if path.stat().st_mode & 0o077:
        return Finding("secret key", State.BAD, f"{path} can be read by other users.", f"Run chmod 600 {path}.")
    return Finding("secret key", State.GOOD, f"{path}; keep a copy of it apart from copies of the folder")


def _sealed(patient: Patient) -> Finding:
    """One sealed row is tried: all were sealed with the same keys."""
    subject, path = "sealed data", _database_of(patient)
    if not path.exists():
        return Finding(subject, State.GOOD, "nothing is sealed yet")
    try:
        with _opened(path) as database:
            row = database.execute("SELECT sealed FROM meeting_secrets LIMIT 1").fetchone()
    except sqlite3.Error as error:
        return Finding(subject, State.DOUBTFUL, f"{path} cannot be read: {error}.", "See the database above.")
    if row is None:
        return Finding(subject, State.GOOD, "nothing is sealed yet")
    mend = f"Give the key it was sealed with: behind the new one in ROLLCALL_SECRET_KEY, or as {patient.folder / KEY}."
    try:
        keys = known_keys(patient.settings, patient.folder)
        if not keys.secrets:
            return Finding(subject, State.BAD, "The secret key is gone.", mend)
        keys.vault().open(row[0])
    except (Unreadable, FolderError, OSError) as wrong:
        return Finding(subject, State.BAD, str(wrong), mend)
    return Finding(subject, State.GOOD, "opens with the secret key")


def _database_of(patient: Patient) -> Path:
    url = None if patient.demo else patient.settings.database_url
    return patient.folder / DATABASE if url is None else Path(url.removeprefix("sqlite:///"))


def _opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2))


def _database(patient: Patient) -> Finding:
    from server.store.schema import newest

    path = _database_of(patient)
    if not path.exists():
        return Finding("database", State.GOOD, f"{path} will be made at the first start.")
    try:
        with _opened(path) as database:
            fault = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            have = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.Error as error:
        return Finding("database", State.BAD, f"{path} cannot be read: {error}.", PUT_BACK)
    if fault != "ok":
        return Finding("database", State.BAD, f"{path} is damaged: {fault}.", PUT_BACK)
    if have > newest():
        told = f"{path} was made by a newer version (schema {have}, this one knows {newest()})."
        return Finding("database", State.BAD, told, "Install that version.")
    if have < newest():
        told = f"{path} has schema {have}; the next start brings it to {newest()}."
        return Finding(
            "database",
            State.DOUBTFUL,
            told,
            "Stop the server and copy the data folder; then start, or run rollcall migrate.",
        )
    return Finding("database", State.GOOD, f"{path}, schema {have}, whole")


def _dashboard(patient: Patient) -> Finding:
    folder = built_dashboard()
    if not (folder / "index.html").is_file():
        return Finding("dashboards", State.BAD, "They are not built.", "Run scripts/setup in the checkout.")
    return Finding("dashboards", State.GOOD, "built")


def _server(patient: Patient) -> Finding:
    running = patient.running
    if running is None:
        return _port(patient.port)
    try:
        answer = httpx.get(f"{running.url}/readyz", timeout=ANSWERS_WITHIN_S, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as silent:
        told = f"The one with process id {running.pid} does not answer: {type(silent).__name__}."
        return Finding("server", State.BAD, told, "Stop that process and start again; its log says why.")
    if not answer.is_success:
        return Finding("server", State.BAD, f"{running.url} is not ready: {answer.text}.", "See the database above.")
    return Finding("server", State.GOOD, f"answers on {running.url}")


def _port(port: int) -> Finding:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as taken:
        told = f"None runs on this data, and port {port} cannot be had: {taken.strerror}."
        return Finding("server", State.BAD, told, "Stop what uses it, or give another with --port or PORT.")
    return Finding("server", State.GOOD, f"none runs on this data; port {port} is free")


def _zoom(patient: Patient) -> Finding:
    settings = patient.settings
    if patient.demo:
        return Finding("Zoom", State.GOOD, "the simulator of the demo")
    if not settings.has_zoom:
        mend = "Set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET."
        return Finding("Zoom", State.DOUBTFUL, "No account is given; meetings cannot be made.", mend)
    try:
        answer = httpx.post(
            settings.zoom_oauth_url or ZOOM_TOKENS,
            data={"grant_type": "account_credentials", "account_id": settings.zoom_account_id},
            auth=(settings.zoom_client_id, settings.zoom_client_secret.get_secret_value()),
            timeout=ANSWERS_WITHIN_S,
        )
    except httpx.HTTPError as silent:
        told = f"Zoom cannot be reached: {type(silent).__name__}."
        return Finding("Zoom", State.BAD, told, "Look at this machine's network, or at ZOOM_OAUTH_URL.")
    if not answer.is_success:
        told = f"Zoom gives no token: HTTP {answer.status_code}."
        return Finding("Zoom", State.BAD, told, "Compare the three ZOOM_* values with the app's page; is it active?")
    return Finding("Zoom", State.GOOD, "gives a token")


def _webhooks(patient: Patient) -> Finding:
    if patient.demo or patient.settings.zoom_webhook_secret_tokens:
        return Finding("webhooks", State.GOOD, "signed with a secret we know")
    mend = "Set ZOOM_WEBHOOK_SECRET_TOKEN to the Secret Token of the app's Feature page."
    return Finding("webhooks", State.BAD, "Every notification is answered 503: their secret is missing.", mend)


def _address(patient: Patient) -> Finding:
    url = patient.settings.public_url
    if not patient.demo and url is not None and url.startswith("https:") and not patient.settings.trusted_proxies:
        told = f"{url} is https, but no proxy is trusted: all people seem to come from one address."
        mend = "Set ROLLCALL_TRUSTED_PROXIES to the address of the proxy that speaks TLS."
        return Finding("address", State.DOUBTFUL, told, mend)
    if patient.demo or (url is not None and url.startswith("https:")):
        return Finding("address", State.GOOD, url or "this machine only")
    if url is None:
        mend = "Set ROLLCALL_PUBLIC_URL to the address people type."
        return Finding("address", State.DOUBTFUL, "Zoom cannot reach a server without a name.", mend)
    mend = "Put a proxy that speaks TLS in front, and say https in ROLLCALL_PUBLIC_URL."
    return Finding("address", State.DOUBTFUL, f"{url} is not https; Zoom posts to https only.", mend)
