from pathlib import Path

import pytest

from server.settings import Settings, SettingsError, choose_demo, doubtful_names, read_settings

ACCOUNT = {"ZOOM_ACCOUNT_ID": "acc", "ZOOM_CLIENT_ID": "cli", "ZOOM_CLIENT_SECRET": "canary-secret"}


def settings_from(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(env_file=None)


def test_without_any_variable_everything_has_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch)
    assert (settings.port, settings.timezone, settings.class_label) == (5000, "UTC", "Class")
    assert not settings.has_zoom
    assert settings.allowed_origins == ()


def test_all_three_of_an_account_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, **ACCOUNT)
    assert settings.has_zoom
    assert settings.zoom_client_secret.get_secret_value() == "canary-secret"


@pytest.mark.parametrize("missing", sorted(ACCOUNT))
def test_half_an_account_is_refused_and_the_missing_name_is_told(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {name: value for name, value in ACCOUNT.items() if name != missing}
    with pytest.raises(SettingsError, match=f"^{missing}: expected beside") as refused:
        settings_from(monkeypatch, **given)
    assert "canary" not in str(refused.value)


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(
        monkeypatch,
        ZOOM_WEBHOOK_SECRET_TOKEN="current, previous",
        ROLLCALL_ALLOWED_ORIGINS="HTTPS://Portal.example.org:443, http://localhost:3000/",
        ROLLCALL_TRUSTED_PROXIES="10.0.0.5,fd00::/8",
    )
    assert [secret.get_secret_value() for secret in settings.zoom_webhook_secret_tokens] == ["current", "previous"]
    assert settings.allowed_origins == ("https://portal.example.org", "http://localhost:3000")
    assert settings.trusted_proxies == ("10.0.0.5/32", "fd00::/8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLLCALL_ALLOWED_ORIGINS", "*"),
        ("ROLLCALL_ALLOWED_ORIGINS", "null"),
        ("ROLLCALL_ALLOWED_ORIGINS", "https://a.example, *"),
        ("ROLLCALL_ALLOWED_ORIGINS", "https://*.example"),
        ("ROLLCALL_ALLOWED_ORIGINS", "portal.example.org"),
        ("ROLLCALL_PUBLIC_URL", "https://a.example/path"),
        ("ROLLCALL_PUBLIC_URL", "javascript:alert(1)"),
        ("ROLLCALL_TIMEZONE", "Manila"),
        ("ROLLCALL_TIMEZONE", "../../etc/passwd"),
        ("ROLLCALL_TRUSTED_PROXIES", "proxy.example"),
        ("ROLLCALL_ZOOM_HOST", "nobody"),
        ("ROLLCALL_CLASS_LABEL", "<b>Class</b>"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("ZOOM_API_URL", "http://api.zoom.us/v2"),
        ("ZOOM_API_URL", "http://127.0.0.1.evil.example/v2"),
        ("ZOOM_OAUTH_URL", "https://user:secret@zoom.us/oauth/token"),
        ("ROLLCALL_DATABASE_URL", "postgresql://someone:canary@db/rollcall"),
        ("ROLLCALL_DATABASE_URL", "sqlite://"),
        ("ROLLCALL_SECRET_KEY", "short-canary"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence_about_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from(monkeypatch, **{name: value})
    told = str(refused.value)
    assert told.startswith(f"{name}: expected ")
    assert "\n" not in told
    assert "canary" not in told
    assert "user:secret" not in told


def test_what_came_is_told_when_it_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="but “Manila” came"):
        settings_from(monkeypatch, ROLLCALL_TIMEZONE="Manila")


@pytest.mark.parametrize("url", ["http://127.0.0.1:5001/v2", "http://localhost:5001/v2", "https://zoom.example/v2/"])
def test_zoom_may_be_reached_over_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert settings_from(monkeypatch, ZOOM_API_URL=url).zoom_api_url == url.rstrip("/")


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_from(monkeypatch, PORT="", ZOOM_ACCOUNT_ID="", ROLLCALL_ALLOWED_ORIGINS="").port == 5000


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=6000\nROLLCALL_CLASS_LABEL='Program'\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("PORT", "7000")
    settings = read_settings(env_file=file)
    assert (settings.port, settings.class_label) == (7000, "Program")


def test_no_secret_shows_when_the_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(
        monkeypatch, **ACCOUNT, ROLLCALL_SECRET_KEY="canary-" * 6, ZOOM_WEBHOOK_SECRET_TOKEN="canary-token"
    )
    assert "canary" not in repr(settings)


def test_a_mistyped_name_is_told_with_the_name_that_was_meant(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("ROLLCALL_TIMEZON=Asia/Manila\n")
    told = doubtful_names({"ROLLCALL_PUBLIC_URL": "x", "ROLLCALL_REDIS_URL": "y", "PATH": "z"}, file)
    assert told == [
        "ROLLCALL_REDIS_URL has no effect in this version.",
        "ROLLCALL_TIMEZON is not a setting of Rollcall; did you mean ROLLCALL_TIMEZONE?",
    ]


def test_without_an_account_the_start_is_a_demo_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    without = settings_from(monkeypatch)
    assert choose_demo(without, None, "127.0.0.1")
    assert not choose_demo(without, False, "127.0.0.1")
    account = settings_from(monkeypatch, **ACCOUNT)
    assert not choose_demo(account, None, "127.0.0.1")
    assert choose_demo(account, True, "127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "rollcall.example"])
def test_a_demo_others_can_reach_must_be_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    settings = settings_from(monkeypatch)
    with pytest.raises(SettingsError, match="say --demo"):
        choose_demo(settings, None, host)
    assert choose_demo(settings, True, host)
    assert not choose_demo(settings, False, host)
