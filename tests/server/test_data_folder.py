import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.data_folder import DATABASE, DEMO, DataFolder, FolderError, is_demo_meant, is_of_a_demo, running_server
from server.settings import read_settings


def test_it_is_made_for_nobody_but_us(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data", demo=False) as folder:
        folder.keys(read_settings(None))
        folder.database_path(read_settings(None), demo=False)
        assert folder.path.stat().st_mode & 0o077 == 0
        assert {path.name for path in folder.path.iterdir()} == {
            *("lock", "secret_key", "rollcall.db", "rollcall.db.lock")
        }
        assert all(path.stat().st_mode & 0o177 == 0 for path in folder.path.iterdir())


def test_two_servers_never_hold_one_folder(tmp_path: Path) -> None:
    with DataFolder(tmp_path, demo=False) as first:
        first.announce("http://127.0.0.1:5000")
        with pytest.raises(FolderError, match=f"process id {os.getpid()} on http://127.0.0.1:5000"):
            DataFolder(tmp_path, demo=False)
    with DataFolder(tmp_path, demo=False):
        pass


@contextmanager
def held_by_another_process(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    program = (
        "import pathlib, sys; from server.data_folder import DataFolder;"
        "held = DataFolder(pathlib.Path(sys.argv[1]), demo=False); held.announce('http://127.0.0.1:1');"
        "print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_a_killed_server_leaves_its_folder_free(tmp_path: Path) -> None:
    with held_by_another_process(tmp_path) as process:
        with pytest.raises(FolderError, match=f"process id {process.pid}"):
            DataFolder(tmp_path, demo=False)
    with DataFolder(tmp_path, demo=False):
        pass


def test_a_command_finds_the_running_server_and_its_key(tmp_path: Path) -> None:
    assert running_server(tmp_path) is None
    with DataFolder(tmp_path, demo=False) as folder:
        announced = folder.announce("http://127.0.0.1:5000")
        found = running_server(tmp_path)
        assert found == announced
        assert found.control_key == folder.control_key != ""
        assert announced.control_key not in repr(announced)
    assert running_server(tmp_path) is None
    assert (tmp_path / "lock").read_bytes() == b""


def test_a_stale_lock_file_is_no_running_server(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text('{"pid": 1, "url": "http://127.0.0.1:5000", "control_key": "x"}')
    assert running_server(tmp_path) is None


def test_a_demo_lives_in_a_folder_of_its_own(tmp_path: Path) -> None:
    with DataFolder(tmp_path, demo=True) as demo, DataFolder(tmp_path, demo=False) as school:
        assert demo.path == tmp_path / "demo"
        settings = read_settings(None)
        assert demo.database_path(settings, demo=True) != school.database_path(settings, demo=False)
        assert demo.keys(settings).secrets != school.keys(settings).secrets


def test_a_school_never_opens_what_was_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DataFolder(tmp_path, demo=True):
        pass
    assert is_of_a_demo(tmp_path / "demo")
    with pytest.raises(FolderError, match="holds a demo's data"):
        DataFolder(tmp_path / "demo", demo=False)
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", f"sqlite:///{tmp_path / 'demo' / 'rollcall.db'}")
    with DataFolder(tmp_path, demo=False) as school, pytest.raises(FolderError, match="is a demo's"):
        school.database_path(read_settings(None), demo=False)


def test_a_demo_never_opens_the_database_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", f"sqlite:///{tmp_path / 'school.db'}")
    with DataFolder(tmp_path, demo=True) as demo, DataFolder(tmp_path, demo=False) as school:
        assert demo.database_path(read_settings(None), demo=True) == tmp_path / "demo" / "rollcall.db"
        assert school.database_path(read_settings(None), demo=False) == tmp_path / "school.db"


def test_two_servers_never_hold_one_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", f"sqlite:///{tmp_path / 'school.db'}")
    with DataFolder(tmp_path / "a", demo=False) as first, DataFolder(tmp_path / "b", demo=False) as second:
        assert first.database_path(read_settings(None), demo=False) == tmp_path / "school.db"
        assert first.database_path(read_settings(None), demo=False) == tmp_path / "school.db"
        (tmp_path / "alias.db").symlink_to(tmp_path / "school.db")
        for name in ("school.db", "alias.db"):
            monkeypatch.setenv("ROLLCALL_DATABASE_URL", f"sqlite:///{tmp_path / name}")
            with pytest.raises(FolderError, match=f"another server has .*{name}; stop it first"):
                second.database_path(read_settings(None), demo=False)
        first.close()
        assert second.database_path(read_settings(None), demo=False) == tmp_path / "alias.db"


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "rollcall.db").touch()
    (tmp_path / "rollcall.db").chmod(0o644)
    with DataFolder(tmp_path, demo=False) as folder:
        path = folder.database_path(read_settings(None), demo=False)
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_where_there_is_no_folder_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'school.db'}")
    with DataFolder(tmp_path, demo=False) as school, pytest.raises(FolderError, match="cannot be made: No such file"):
        school.database_path(read_settings(None), demo=False)


def test_the_secret_key_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    with DataFolder(tmp_path, demo=False) as folder:
        first = folder.keys(read_settings(None))
    (tmp_path / "secret_key").chmod(0o644)
    with DataFolder(tmp_path, demo=False) as folder:
        again = folder.keys(read_settings(None))
    assert first.of("cursor") == again.of("cursor")
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert "secrets" not in repr(first)


def test_a_cut_key_file_stops_the_start_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with DataFolder(tmp_path, demo=False) as folder, pytest.raises(FolderError, match="restore it"):
        folder.keys(read_settings(None))
    assert (tmp_path / "secret_key").read_text() == ""


def test_a_key_of_the_settings_wins_and_its_predecessor_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "o" * 32, "n" * 32
    with DataFolder(tmp_path, demo=False) as folder:
        monkeypatch.setenv("ROLLCALL_SECRET_KEY", old)
        sealed = folder.keys(read_settings(None)).vault().seal(b"kept")
        monkeypatch.setenv("ROLLCALL_SECRET_KEY", f"{new},{old}")
        assert folder.keys(read_settings(None)).vault().open(sealed) == b"kept"
        assert not (tmp_path / "secret_key").exists()


def test_what_the_kept_key_sealed_still_opens_when_the_settings_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DataFolder(tmp_path, demo=False) as folder:
        sealed = folder.keys(read_settings(None)).vault().seal(b"kept")
        monkeypatch.setenv("ROLLCALL_SECRET_KEY", "n" * 32)
        keys = folder.keys(read_settings(None))
    assert keys.vault().open(sealed) == b"kept"
    assert keys.secrets[0] == b"n" * 32


def test_a_folder_we_may_not_write_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"^--data: expected a folder we may write"):
        DataFolder(tmp_path / "file" / "data", demo=False)


def test_a_command_that_does_not_say_means_the_data_a_server_runs_on(tmp_path: Path) -> None:
    assert is_demo_meant(tmp_path) is None
    with DataFolder(tmp_path, demo=False) as school:
        school.announce("http://127.0.0.1:1")
        assert is_demo_meant(tmp_path) is False
    with DataFolder(tmp_path, demo=True) as demo:
        demo.announce("http://127.0.0.1:1")
        assert is_demo_meant(tmp_path) is True


def test_a_command_that_does_not_say_means_the_data_that_are_there(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    assert is_demo_meant(tmp_path) is False
    (tmp_path / DEMO).mkdir()
    (tmp_path / DEMO / DATABASE).touch()
    assert is_demo_meant(tmp_path) is None
