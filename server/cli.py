"""The `rollcall` command: what people type, and what they read then.

Heavy imports stand inside the commands, so that `rollcall --help` is quick. What a command does is done elsewhere;
here its words are read, and what came of it is told.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TypeVar

import typer

from realtime.errors import RollcallError
from server.starting import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.app import House
    from server.chores import Chores
    from server.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show the values of variables
    help="Knows, second by second, which Zoom class is live and who is in it, and tells everyone who may know.",
)
user_app = typer.Typer(no_args_is_help=True, help="People: add one, list them, give one a new password.")
app.add_typer(user_app, name="user")

LogFormat = Literal["text", "json"]
RoleName = Literal["admin", "teacher", "student", "observer"]
Data = Annotated[Path, typer.Option("--data", help="The data folder.", metavar="DIR")]
Demo = Annotated[bool | None, typer.Option("--demo/--no-demo", help="A demo or not. Without a Zoom account it is one.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
HERE = Path(".rollcall")
Result = TypeVar("Result")


def main() -> None:
    """The way in. What keeps a command from being done is told in one sentence, and ends it with code 1."""
    try:
        app()
    except StartError as refused:
        fail(str(refused))
    except RollcallError as refused:
        fail(" ".join((refused.message, *getattr(refused, "fields", {}).values())))


def fail(told: str) -> NoReturn:
    """Say why not, and end."""
    print(f"rollcall: {told}", file=sys.stderr)
    raise SystemExit(1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="The port. Otherwise PORT, or 5000.", min=0, max=65535)] = None,
    data: Data = HERE,
    demo: Demo = None,
    play: Annotated[bool, typer.Option("--play", help="In a demo: play the scripted class at once.")] = False,
    workers: Annotated[int, typer.Option(help="Processes; more than one needs PostgreSQL and Redis.", min=1)] = 1,
    log_format: Annotated[LogFormat, typer.Option(help="For people or for programs.")] = "text",
) -> None:
    """Start the server. Settings come from the environment or from .env; the README lists them."""
    from server import logs
    from server.serving import serve as serve_until_told
    from server.settings import Options, SettingsError, choose_demo

    if workers > 1:
        raise SettingsError(f"--workers: expected 1, as several cannot write to one SQLite file, but {workers} came.")
    settings = settings_with_doubts()
    is_demo = choose_demo(settings, demo, host)
    if play and not is_demo:
        raise SettingsError("--play: expected a demo beside it, but this start is none; there is no class to play.")
    logs.configure(log_format)
    options = Options(
        host=host,
        port=settings.port if port is None else port,
        data=data,
        demo=is_demo,
        play=play,
        log_format=log_format,
    )

    async def announce(url: str, house: "House") -> None:
        token = None if is_demo else await house.setup_links.issue()
        print(announcement(settings, url, demo=is_demo, setup_token=token), flush=True)

    serve_until_told(settings, options, announce)


def announcement(settings: "Settings", url: str, *, demo: bool, setup_token: str | None) -> str:
    """What a start says, once the server answers."""
    from server.demo import ADMIN, PASSWORD, STUDENT, TEACHER

    public = settings.public_url or url
    lines = [f"Rollcall answers on {url}"]
    if demo:
        lines += [
            "",
            "DEMO: a sample school and a simulated Zoom. Everybody knows these passwords; keep real people out of it.",
            *(f"  {email:<22} password {PASSWORD}" for email in (ADMIN, TEACHER, STUDENT)),
            "  Sign in as admin and press “Play a class” to see one.",
        ]
    elif not settings.has_zoom:
        lines += ["", "No Zoom account is given, so meetings cannot be made; `rollcall doctor` says what is missing."]
    if setup_token is not None:
        lines += ["", "Nobody administers this server yet. This link makes the first admin, once, within a day:"]
        lines += [f"  {public}/setup#{setup_token}"]
    return "\n".join(lines)


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="The port, on this machine only.", min=0, max=65535)] = 5001,
    webhook_url: Annotated[str, typer.Option(help="Where notifications go.", metavar="URL")] = "",
    secret: Annotated[str, typer.Option(help="What signs them. Otherwise made up.", metavar="TOKEN")] = "",
    account_id: Annotated[str, typer.Option(help="The account. Otherwise made up.")] = "",
    client_id: Annotated[str, typer.Option(help="The app's client id. Otherwise made up.")] = "",
    client_secret: Annotated[str, typer.Option(help="The app's client secret. Otherwise made up.")] = "",
) -> None:
    """Run the Zoom simulator alone, open to programs on this machine."""
    from server import logs
    from server.simulating import account, simulate

    logs.configure()
    given = account(
        account_id=account_id,
        client_id=client_id,
        client_secret=client_secret,
        webhook_secret=secret,
        webhook_url=webhook_url,
    )
    simulate(given, port, lambda told: print(told, flush=True))


@user_app.command("add")
def add_user(
    email: str,
    name: Annotated[str, typer.Option(help="As lists show it.")],
    role: Annotated[RoleName, typer.Option(help="What they are in the school.")],
    password_stdin: FromStdin = False,
    data: Data = HERE,
    demo: Demo = None,
) -> None:
    """Write somebody down."""
    from realtime.audience import Role

    password = a_password(password_stdin)
    person = do(data, demo, lambda chores: chores.add(email=email, name=name, role=Role(role), password=password))
    print(f"{person['name']} <{person['email']}> is a new {person['role']}.")


@user_app.command("list")
def list_users(data: Data = HERE, demo: Demo = None) -> None:
    """List everybody."""
    for person in do(data, demo, lambda chores: chores.everybody()):
        note = "" if person["status"] == "active" else f"  ({person['status']})"
        print(f"{person['role']:<9} {person['email']:<40} {person['name']}{note}")


@user_app.command("set-password")
def set_password(email: str, password_stdin: FromStdin = False, data: Data = HERE, demo: Demo = None) -> None:
    """Give somebody a new password; their logins end."""
    password = a_password(password_stdin)
    ended = do(data, demo, lambda chores: chores.set_password(email=email, password=password))
    print(f"{email} has a new password; {ended} login{'' if ended == 1 else 's'} ended.")


@app.command()
def doctor(
    data: Data = HERE,
    demo: Demo = None,
    port: Annotated[int | None, typer.Option(help="The port to look at. Otherwise PORT, or 5000.")] = None,
) -> None:
    """Look at everything a server needs; say what is wrong and how to mend it. Changes nothing."""
    from rich.console import Console
    from rich.text import Text

    from server.doctor import State, examine

    console = Console(soft_wrap=True, highlight=False)
    findings = examine(data, demo=demo, port=port)
    styles = {State.GOOD: "green", State.DOUBTFUL: "yellow", State.BAD: "bold red"}
    for finding in findings:
        state = Text(f"{finding.state:<9}", styles[finding.state])
        console.print(state + Text(f"{finding.subject:<12} {finding.told}"))
        if finding.mend:
            console.print(Text(f"{'':<22} {finding.mend}"))
    if any(finding.state is State.BAD for finding in findings):
        raise SystemExit(1)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="The body of one notification, as Zoom sent it.", metavar="FILE")],
    data: Data = HERE,
    demo: Demo = None,
) -> None:
    """Post a captured notification to the running server, signed as Zoom would sign it now."""
    import asyncio

    from server.data_folder import DEMO, running_server
    from server.replay import replayed
    from server.settings import choose_demo

    is_demo = choose_demo(settings_with_doubts(), demo, "127.0.0.1")
    answer = asyncio.run(replayed(file, running_server(data / DEMO if is_demo else data)))
    if not answer.is_success:
        fail(f"the server answered {answer.status_code}: {answer.text}")
    print(f"The server answered {answer.status_code}: it is kept. What it knew already changes nothing.")


@app.command()
def migrate(data: Data = HERE, demo: Demo = None) -> None:
    """Bring the database to what this version needs. No server may run on it meanwhile; a start does the same."""
    import asyncio

    from server.chores import opened
    from server.data_folder import DataFolder
    from server.settings import choose_demo
    from server.store.schema import newest

    settings = settings_with_doubts()
    is_demo = choose_demo(settings, demo, "127.0.0.1")

    async def migrated() -> str:
        with DataFolder(data, demo=is_demo) as folder:
            async with opened(folder, settings, demo=is_demo) as database:
                return str(database.path)

    print(f"{asyncio.run(migrated())} has schema {newest()}.")


def settings_with_doubts() -> "Settings":
    """The settings, after a word about every name that has no effect."""
    from server.settings import doubtful_names, read_settings

    for doubt in doubtful_names():
        print(f"rollcall: {doubt}", file=sys.stderr)
    return read_settings()


def do(data: Path, demo: bool | None, chore: "Callable[[Chores], Awaitable[Result]]") -> Result:
    """Does one chore with the people of this data folder, through the running server when there is one."""
    import asyncio

    from server.app import SystemClock
    from server.chores import reached
    from server.data_folder import is_demo_meant
    from server.settings import choose_demo

    settings = settings_with_doubts()
    meant = is_demo_meant(data) if demo is None else demo
    is_demo = choose_demo(settings, meant, "127.0.0.1")
    if is_demo and meant is None:
        print(f"rollcall: taking {data} for a demo; say --no-demo for a school's own people.", file=sys.stderr)

    async def done() -> Result:
        async with reached(settings, data, SystemClock(), demo=is_demo) as chores:
            return await chore(chores)

    return asyncio.run(done())


def a_password(from_stdin: bool) -> str:
    """A password typed unseen and twice, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed
