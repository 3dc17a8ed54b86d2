"""The folder where one server keeps everything that is its own: database, secret key, lock.

It exists so that two servers never open the same data, and so that a demo's data and a school's never meet: a demo
lives in a folder of its own inside, and a folder that was a demo's says so. It does not know the database.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from server.settings import Settings, StartError
from server.vault import KEY_BYTES, Vault, derived

DEFAULT = Path(".rollcall")
DEMO = "demo"
DEMO_MARK = "this-is-a-demo"
DATABASE = "rollcall.db"
KEY = "secret_key"
LOCK = "lock"
DATABASE_LOCK = ".lock"  # behind the database's name
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class FolderError(StartError):
    """The data folder cannot be used."""


@dataclass(frozen=True, slots=True)
class Running:
    """The server that holds a folder, and how a command on the same machine may speak to it."""

    pid: int
    url: str = ""
    control_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of this installation, one for each purpose."""

    secrets: Sequence[bytes] = field(repr=False)

    def of(self, purpose: str) -> bytes:
        """The key of a purpose; it changes with the secret key."""
        return derived(self.secrets[0], purpose)

    def vault(self) -> Vault:
        """What seals and opens columns, with the older keys too."""
        return Vault(self.secrets)


class DataFolder:
    """A folder that is ours as long as this object is open.

    Errors: FolderError when it cannot be made, is another server's now, or belongs to the other kind of server.
    """

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.path = folder / DEMO if demo else folder
        _make(folder)
        _make(self.path)
        self._refuse_the_other_kind(demo)
        self._lock = _take(self.path / LOCK)
        self._database_lock: _Lock | None = None
        self._announced = Running(os.getpid())
        _tell(self._lock, self._announced)
        if demo:
            (self.path / DEMO_MARK).touch(mode=PRIVATE_FILE)

    def _refuse_the_other_kind(self, demo: bool) -> None:
        if not demo and is_of_a_demo(self.path):
            raise FolderError(f"{self.path} holds a demo's data; give --data another folder for a school's own.")

    def announce(self, url: str) -> Running:
        """Say where this server answers, so that commands on this machine can go through it."""
        self._announced = Running(os.getpid(), url, secrets.token_urlsafe(32))
        _tell(self._lock, self._announced)
        return self._announced

    @property
    def control_key(self) -> str:
        """What a command on this machine must show to the server that was announced; empty before that."""
        return self._announced.control_key

    def database_path(self, settings: Settings, *, demo: bool) -> Path:
        """Where the database lies. A demo's is always in its own folder, whatever the settings say.

        Shape: the file is there afterwards, for nobody but us: SQLite would let others read it, its log included. It is
               ours as long as the folder is, also where another folder's settings lead to the same file.
        Errors: FolderError when the settings lead a school's server to a demo's file, or where we may not write, or
                to what another server has.
        """
        is_ours = demo or settings.database_url is None
        path = self.path / DATABASE if is_ours else Path((settings.database_url or "").removeprefix("sqlite:///"))
        if not demo and is_of_a_demo(path.parent):
            raise FolderError(f"ROLLCALL_DATABASE_URL: expected a school's database, but {path} is a demo's.")
        try:
            if self._database_lock is None:
                self._database_lock = _Lock(path.resolve().with_name(path.resolve().name + DATABASE_LOCK))
            path.touch(mode=PRIVATE_FILE)
            _keep_from_others(path)
        except BlockingIOError:
            raise FolderError(
                f"ROLLCALL_DATABASE_URL: expected a database of our own, but another server has {path}; stop it first."
            ) from None
        except OSError as refused:
            raise FolderError(f"The database {path} cannot be made: {refused.strerror}.") from None
        return path

    def keys(self, settings: Settings) -> Keys:
        """The secret keys of the settings, and the one kept here, which is made at the first start without any.

        Shape: the one kept here opens what was sealed before the settings named a key.
        """
        if not settings.secret_keys:
            _make_key(self.path / KEY)
        return known_keys(settings, self.path)

    def close(self) -> None:
        """Give the folder and the database back."""
        if self._database_lock is not None:
            self._database_lock.close()
        if not self._lock.closed:
            _tell(self._lock, None)
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def is_of_a_demo(folder: Path) -> bool:
    """Whether a demo was run in this folder."""
    return (folder / DEMO_MARK).exists()


def known_keys(settings: Settings, folder: Path) -> Keys:
    """Every key there is, those of the settings first; none is made. Errors: FolderError when the kept one is cut."""
    given = [key.get_secret_value().encode() for key in settings.secret_keys]
    return Keys([*given, _kept_key(folder / KEY)] if (folder / KEY).exists() else given)


def running_server(folder: Path) -> Running | None:
    """The server that holds this folder now, or None."""
    try:
        with (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(folder / LOCK)
    except OSError:
        return None
    return None


def is_demo_meant(folder: Path) -> bool | None:
    """Whose data a command beside it means that did not say: those a server runs on now, or else those that are there.

    Shape: None when both or neither are.
    """
    for there in (running_server, _has_data):
        school, demo = there(folder), there(folder / DEMO)
        if bool(school) is not bool(demo):
            return bool(demo)
    return None


def _has_data(folder: Path) -> bool:
    return (folder / DATABASE).exists()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as refused:
        raise FolderError(f"--data: expected a folder we may write, but {folder} gave: {refused.strerror}.") from None


def _keep_from_others(path: Path) -> None:
    """Also a file that was there before, and may have come with wider rights."""
    if path.stat().st_mode & 0o077:
        path.chmod(PRIVATE_FILE)


def _take(path: Path) -> "_Lock":
    try:
        lock = _Lock(path)
    except BlockingIOError:
        holder = _told(path)
        whom = "another server" if holder is None else f"the server with process id {holder.pid}"
        where = f" on {holder.url}" if holder is not None and holder.url else ""
        raise FolderError(
            f"{path.parent} is in use by {whom}{where}; stop it, or give --data another folder."
        ) from None
    except OSError as refused:
        raise FolderError(f"--data: expected a folder we may write, but {path} gave: {refused.strerror}.") from None
    return lock


class _Lock:
    """An open file that only one process can hold; the system lets go of it even when the process is killed."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE), "r+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(self._file.fileno(), PRIVATE_FILE)
        except OSError:
            self._file.close()
            raise

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, content: bytes) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(content)

    def close(self) -> None:
        self._file.close()


def _tell(lock: _Lock, running: Running | None) -> None:
    lock.write(b"" if running is None else json.dumps(asdict(running)).encode())


def _told(path: Path) -> Running | None:
    try:
        told = json.loads(path.read_bytes())
        return Running(int(told["pid"]), str(told["url"]), str(told["control_key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is being written this moment


def _make_key(path: Path) -> None:
    """A key for this file when there is none, whole or not at all; nobody but us may read it."""
    if not path.exists():
        _write_whole(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
    path.chmod(PRIVATE_FILE)


def _kept_key(path: Path) -> bytes:
    """The key in this file.

    Errors: FolderError when the file is no key: a new one would make everything sealed unreadable for good.
    """
    key = path.read_bytes().strip()
    if len(key) < KEY_BYTES:
        raise FolderError(f"{path}: expected the secret key of this folder, but the file is cut; restore it.")
    return key


def _write_whole(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)  # fails when there is one by now, where a rename would replace it
    finally:
        beside.unlink(missing_ok=True)
