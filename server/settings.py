"""What the operator chose: the environment, or `.env` in the working directory, read once into one frozen value.

A wrong setting stops the start with one sentence that names it; a secret's value is never repeated. This file does
not know what the settings are used for.
"""

import difflib
import ipaddress
import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from server.origins import is_loopback, origin, split_url
from server.starting import StartError as StartError  # whoever reads settings may catch it too

SHORTEST_SECRET = 32  # characters; what `openssl rand -hex 16` gives
LONGEST_LABEL = 40
DEFAULT_PORT = 5000
ENV_FILE = ".env"

# Names that other versions know. They are not typing errors, but they do nothing here.
WITHOUT_EFFECT = frozenset(
    {
        "ROLLCALL_REDIS_URL",
        "ROLLCALL_EMAIL_DOMAINS",
        "ROLLCALL_SMTP_URL",
        "ROLLCALL_OIDC_ISSUER",
        "ROLLCALL_OIDC_CLIENT_ID",
        "ROLLCALL_OIDC_CLIENT_SECRET",
    }
)
NOT_SETTINGS = frozenset({"ROLLCALL_DEV_SERVER"})  # read by Vite while one works on the dashboards


class SettingsError(StartError):
    """A setting is wrong or missing; the text names the variable, what was expected and what came."""


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _zoom_url(text: str) -> str:
    parts = split_url(text)
    if parts.query or parts.fragment or (parts.scheme == "http" and not is_loopback(parts.hostname or "")):
        raise ValueError("neither https nor http on this machine")
    return text.strip().rstrip("/")


def _database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) < 2 or parts.query or parts.fragment:
        raise ValueError("not a file of SQLite")
    return text


def _timezone(text: str) -> str:
    try:
        return zoneinfo.ZoneInfo(text).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as unknown:  # OSError: the name of a folder of zones
        raise ValueError("no such zone") from unknown


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError("too short")
    return value


def _proxy(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(origin)], ...], NoDecode, BeforeValidator(_listed)]
Proxies = Annotated[tuple[Annotated[str, AfterValidator(_proxy)], ...], NoDecode, BeforeValidator(_listed)]
SecretKeys = Annotated[tuple[Annotated[SecretStr, AfterValidator(_secret)], ...], NoDecode, BeforeValidator(_listed)]
ZoomUrl = Annotated[str, AfterValidator(_zoom_url)]


class Settings(BaseSettings):
    """Everything the environment says.

    Shape: a description is the end of the sentence "expected …"; an empty variable counts as absent.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", case_sensitive=True, env_ignore_empty=True, env_file_encoding="utf-8"
    )

    zoom_account_id: str = Field(
        default="",
        max_length=128,
        validation_alias="ZOOM_ACCOUNT_ID",
        description="the account id of a Server-to-Server OAuth app in Zoom",
    )
    zoom_client_id: str = Field(
        default="", max_length=128, validation_alias="ZOOM_CLIENT_ID", description="that app's client id"
    )
    zoom_client_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias="ZOOM_CLIENT_SECRET", description="that app's client secret"
    )
    zoom_webhook_secret_tokens: Secrets = Field(
        default=(),
        validation_alias="ZOOM_WEBHOOK_SECRET_TOKEN",
        description="the secret token of Zoom's event subscription; during a change the new and the old one, "
        "with a comma between",
    )
    zoom_api_url: ZoomUrl | None = Field(
        default=None,
        validation_alias="ZOOM_API_URL",
        description="an https address, or http on this machine, of Zoom's API",
    )
    zoom_oauth_url: ZoomUrl | None = Field(
        default=None,
        validation_alias="ZOOM_OAUTH_URL",
        description="an https address, or http on this machine, where Zoom gives tokens",
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
        default=None,
        validation_alias="ROLLCALL_DATABASE_URL",
        description="sqlite:/// and the path of a file (other databases come in a later version)",
    )
    secret_keys: SecretKeys = Field(
        default=(),
        validation_alias="ROLLCALL_SECRET_KEY",
        description=f"at least {SHORTEST_SECRET} characters nobody can guess; during a change the new and the old "
        "key, with a comma between",
    )
    public_url: Annotated[str, AfterValidator(origin)] | None = Field(
        default=None,
        validation_alias="ROLLCALL_PUBLIC_URL",
        description="the address people type, like https://rollcall.example.org, without a path",
    )
    allowed_origins: Origins = Field(
        default=(),
        validation_alias="ROLLCALL_ALLOWED_ORIGINS",
        description="other sites whose pages may use this server, like https://portal.example.org, with commas "
        "between; a star is not accepted",
    )
    class_label: str = Field(
        default="Class",
        max_length=LONGEST_LABEL,
        pattern=r"^[^\x00-\x1f<>]+$",
        validation_alias="ROLLCALL_CLASS_LABEL",
        description=f"the word this school says for a class, at most {LONGEST_LABEL} letters",
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        default="UTC", validation_alias="ROLLCALL_TIMEZONE", description="the name of a time zone, like Asia/Manila"
    )
    trusted_proxies: Proxies = Field(
        default=(),
        validation_alias="ROLLCALL_TRUSTED_PROXIES",
        description="addresses of proxies in front of this server, like 10.0.0.5 or 10.0.0.0/24, with commas between",
    )
    zoom_host: str = Field(
        default="",
        max_length=254,
        pattern=r"^([^@\s,]+@[^@\s,]+)?$",
        validation_alias="ROLLCALL_ZOOM_HOST",
        description="the e-mail address of the Zoom user who hosts when nobody else can",
    )
    port: int = Field(
        default=DEFAULT_PORT, ge=0, le=65535, validation_alias="PORT", description="a port from 0 to 65535"
    )

    @property
    def has_zoom(self) -> bool:
        """Whether there are credentials of a real Zoom account."""
        return bool(self.zoom_account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was said on the command line, with what follows from it. `demo` is decided here, once."""

    host: str
    port: int
    data: Path
    demo: bool
    play: bool = False
    log_format: Literal["text", "json"] = "text"


def read_settings(env_file: Path | None = Path(ENV_FILE)) -> Settings:
    """The settings of this process; a variable of the environment wins over the same in the file.

    Errors: SettingsError.
    """
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as wrong:
        # The cause stays behind: it repeats what was given, and that may be a secret.
        raise SettingsError(_sentence(wrong)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file}: expected a text file in UTF-8.") from None
    _refuse_half_an_account(settings)
    return settings


def _sentence(wrong: ValidationError) -> str:
    first = wrong.errors()[0]
    variable = str(first["loc"][0])
    field = next(each for each in Settings.model_fields.values() if each.validation_alias == variable)
    given = first["input"]
    is_plain = isinstance(given, str) and variable in SHOWN
    came = f"“{given[:80]}” came" if is_plain else "something else came (not repeated here)"
    return f"{variable}: expected {field.description}, but {came}."


# Whose value may be repeated in a message. An address may hold a password, so no address is among them.
SHOWN = frozenset(
    {"ROLLCALL_ALLOWED_ORIGINS", "ROLLCALL_CLASS_LABEL", "ROLLCALL_TIMEZONE", "ROLLCALL_TRUSTED_PROXIES", "PORT"}
)


def _refuse_half_an_account(settings: Settings) -> None:
    given = {
        "ZOOM_ACCOUNT_ID": bool(settings.zoom_account_id),
        "ZOOM_CLIENT_ID": bool(settings.zoom_client_id),
        "ZOOM_CLIENT_SECRET": bool(settings.zoom_client_secret.get_secret_value()),
    }
    if any(given.values()) and not all(given.values()):
        missing = " and ".join(name for name, is_given in given.items() if not is_given)
        there = " and ".join(name for name, is_given in given.items() if is_given)
        raise SettingsError(
            f"{missing}: expected beside {there}, but nothing came; give all three, or none for a demo."
        )


def choose_demo(settings: Settings, asked: bool | None, host: str) -> bool:
    """Whether this start is a demo: by name, or because there is no Zoom account.

    Errors: SettingsError when it would be a demo that others can reach and nobody asked for it by name: its
            passwords are known to everyone.
    """
    if asked is not None:
        return asked
    if settings.has_zoom:
        return False
    if not is_loopback(host):
        raise SettingsError(
            f"--host: expected an address of this machine only, but “{host}” came: without ZOOM_ACCOUNT_ID this is a "
            "demo whose passwords everyone knows; say --demo if it shall be reachable, or --no-demo to start empty."
        )
    return True


def doubtful_names(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(ENV_FILE)) -> list[str]:
    """One sentence for each variable that looks like ours and has no effect: most are typing errors."""
    known = [str(field.validation_alias) for field in Settings.model_fields.values()]
    given = set(os.environ if environ is None else environ)
    if env_file is not None and env_file.is_file():
        given |= set(dotenv_values(env_file))
    return [
        _doubt(name, known)
        for name in sorted(given)
        if name.startswith("ROLLCALL_") and name not in known and name not in NOT_SETTINGS
    ]


def _doubt(name: str, known: list[str]) -> str:
    if name in WITHOUT_EFFECT:
        return f"{name} has no effect in this version."
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is not a setting of Rollcall" + (f"; did you mean {near[0]}?" if near else ".")
