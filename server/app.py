"""The composition root: builds every part once, hands them to each other, and gives one ASGI app.

It alone knows every part. It decides nothing but the order in which things begin and end: the database before
everything, the hub before the tracker that tells it. At the end clients are let go first, then the tracker stops, and
the database closes last.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from realtime.errors import RollcallError, Unavailable
from realtime.hub import Hub
from realtime.log import Event, Latest, ResumeKey, Seal
from realtime.opening import Opener
from realtime.ports import Clock
from realtime.tracker import Tracker
from server.auth import Auth, binding_of
from server.commands import Commands
from server.data_folder import DataFolder, Keys
from server.demo import SAMPLE_TIMEZONE, sample_school
from server.demo_week import DemoRoutes, DemoWeek
from server.doors import Policy, guarded
from server.errors import exception_handlers
from server.idempotency import Once
from server.joining import Joining
from server.metrics import Metrics
from server.people import access
from server.people.guessing import Guesses
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.setup_links import SetupLinks
from server.people.sign_in import SignIn
from server.people.upkeep import Upkeep
from server.people.users import Users
from server.routes.attendance import AttendanceRoutes
from server.routes.classes import ClassRoutes
from server.routes.control import ControlRoutes
from server.routes.deliveries import DeliveryRoutes
from server.routes.health import HealthRoutes
from server.routes.joins import JoinRoutes
from server.routes.meetings import MeetingRoutes
from server.routes.pages import PageRoutes, built_dashboard
from server.routes.sessions import AboutUs, SessionRoutes
from server.routes.setup import SetupRoutes
from server.routes.webhooks import WebhookDoor
from server.scheduling import Scheduling
from server.settings import Options, Settings
from server.simulator import HostUser, Simulator, SimulatorConfig, create_simulator
from server.store.database import Database
from server.store.retention import trim
from server.store.schema import upgrade
from server.store.sqlite import SqliteStore
from server.zoom.calls import API_URL
from server.zoom.client import ZoomClient
from server.zoom.tokens import TOKEN_URL, Credentials

log = structlog.get_logger(__name__)

VERSION = version("rollcall")
SIMULATOR = "/simulator"
TRIM_EVERY_S = 3_600


class SystemClock:
    """The machine's clock, in whole milliseconds, which is what is kept."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


class Telling:
    """The publisher before there is a hub: the hub needs commands, those need the tracker, and that needs somebody to
    tell. `hub` is set before the first event."""

    hub: Hub

    def publish(self, events: Sequence[Event]) -> None:
        """To the hub."""
        self.hub.publish(events)

    def latest(self, values: Sequence[Latest]) -> None:
        """To the hub."""
        self.hub.latest(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A server that is ready to be served: an ASGI app, and the parts that others may look at."""

    app: ASGIApp
    routes: Sequence[BaseRoute]
    hub: Hub
    tracker: Tracker
    database: Database
    scheduling: Scheduling
    setup_links: SetupLinks
    metrics: Metrics
    clock: Clock
    simulator: Simulator | None = None
    week: DemoWeek | None = None
    answering: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def house(
    settings: Settings, options: Options, folder: DataFolder, url: str, clock: Clock | None = None
) -> AsyncIterator[House]:
    """The whole server, for as long as the block runs; `url` is where it will answer on this machine.

    Errors: StartError and SchemaError, each with one sentence for the operator.
    """
    clock = clock or SystemClock()
    keys = folder.keys(settings)
    async with AsyncExitStack() as stack:
        database = Database(folder.database_path(settings, demo=options.demo))
        stack.push_async_callback(database.close)
        await upgrade(database)
        ready = await _built(stack, settings, options, folder, database, keys, url, clock)
        if ready.week is not None:
            await ready.week.people()
        async with asyncio.TaskGroup() as tasks:  # whatever of these fails takes the server down, seen and logged
            tasks.create_task(ready.tracker.run())
            if ready.simulator is not None:
                await ready.simulator.start()
                stack.push_async_callback(ready.simulator.close)
            passing = [tasks.create_task(_let_go(ready))]
            if ready.week is not None:
                passing.append(tasks.create_task(_begin(ready, options)))
            try:
                yield ready
            finally:
                for task in passing:
                    task.cancel()
                await ready.hub.close()
                ready.tracker.close()


async def _let_go(ready: House) -> None:
    """Every hour, let what is old go. A fault of the database is told, and the next hour tries again."""
    while True:
        try:
            await trim(ready.database, ready.clock.now())
        except Unavailable as error:
            log.warning("retention.not_done", reason=error.message)
        await asyncio.sleep(TRIM_EVERY_S)


async def _begin(ready: House, options: Options) -> None:
    """A demo's week, once the simulator can be reached at this server's own address."""
    await ready.answering.wait()
    assert ready.week is not None  # noqa: S101  # whoever calls has looked
    await ready.week.begin()
    if options.play:
        try:
            await ready.week.play()
        except RollcallError as error:
            log.warning("demo.not_played", reason=error.message)


async def _built(
    stack: AsyncExitStack,
    settings: Settings,
    options: Options,
    folder: DataFolder,
    database: Database,
    keys: Keys,
    url: str,
    clock: Clock,
) -> House:
    store = await SqliteStore.open(database, keys.vault())
    sessions, users, metrics = Sessions(database, clock), Users(database, clock), Metrics()
    passwords = Passwords()
    stack.callback(passwords.close)
    auth = Auth(database, sessions)
    simulator = _simulator(url, auth, settings, folder.path) if options.demo else None
    zoom = _zoom(settings, simulator, clock)
    stack.push_async_callback(zoom.close)

    telling = Telling()
    tracker = Tracker(store, telling)
    scheduling = Scheduling(database, tracker, zoom, clock, settings.zoom_host)
    joining = Joining(database, tracker, zoom, keys.vault(), clock, metrics, url if simulator else "")
    seal = Seal(keys.of("cursor"), store.epoch)
    hub = Hub(
        doorkeeper=auth,
        open_=Opener(store, seal, ResumeKey(keys.of("resume"), store.epoch), clock, VERSION),
        commands=Commands(scheduling, joining, database, clock).by_name(),
        seal=seal,
        clock=clock,
        binding=binding_of,
    )
    telling.hub = hub
    hub.begin_at(await store.last_seq())

    about = AboutUs(
        demo=options.demo,
        version=VERSION,
        class_label=settings.class_label,
        timezone=_timezone(settings, demo=options.demo),
    )
    sign_in = SignIn(database=database, users=users, passwords=passwords, sessions=sessions, guesses=Guesses(clock))
    links = SetupLinks(database=database, users=users, passwords=passwords, sessions=sessions, clock=clock)
    pages = PageRoutes(built_dashboard())
    login_of = auth.login_of
    secrets_of_zoom = _webhook_secrets(settings, simulator)
    parts = (
        WebhookDoor(tracker, secrets_of_zoom, clock, metrics),
        MeetingRoutes(login_of, scheduling, joining, Once(database, keys.vault()), database, clock),
        AttendanceRoutes(login_of, scheduling, database, clock),
        JoinRoutes(login_of, scheduling, joining, clock, about.timezone),
        ClassRoutes(login_of=login_of, database=database),
        DeliveryRoutes(login_of, database, metrics, clock),
        SessionRoutes(auth=auth, sign_in=sign_in, sessions=sessions, end_session=hub.end_session, about_us=about),
        HealthRoutes(login_of=login_of, database=database, metrics=metrics.text, demo=options.demo, version=VERSION),
        SetupRoutes(links),
        ControlRoutes(
            key=folder.control_key,
            upkeep=Upkeep(users, passwords),
            end_session=hub.end_session,
            webhook_secrets=secrets_of_zoom,
            clock=clock,
        ),
        pages,
    )
    routes: list[BaseRoute] = [route for part in parts for route in part.routes()]
    week = None
    if simulator is not None:
        week = DemoWeek(
            database=database,
            scheduling=scheduling,
            passwords=passwords,
            clock=clock,
            timezone=_timezone(settings, demo=True),
            play_in_zoom=simulator.play,
        )
        routes += [*DemoRoutes(auth, week).routes(), Mount(SIMULATOR, simulator.app)]
    inside = Starlette(routes=routes, exception_handlers=exception_handlers(pages.not_found))
    return House(
        app=guarded(_beside(hub, inside), Policy.of(settings, options, url)),
        routes=routes,
        hub=hub,
        tracker=tracker,
        database=database,
        scheduling=scheduling,
        setup_links=links,
        metrics=metrics,
        clock=clock,
        simulator=simulator,
        week=week,
    )


def _timezone(settings: Settings, *, demo: bool) -> str:
    """The school's time zone; the sample school stands in Manila unless somebody says otherwise."""
    return SAMPLE_TIMEZONE if demo and "timezone" not in settings.model_fields_set else settings.timezone


def _beside(hub: Hub, inside: ASGIApp) -> ASGIApp:
    """Socket.IO at its own path, everything else behind the routes."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = scope["type"] in ("http", "websocket") and scope["path"].rstrip("/") == "/socket.io"
        await (hub.asgi if is_socket else inside)(scope, receive, send)

    return app


def _zoom(settings: Settings, simulator: Simulator | None, clock: Clock) -> ZoomClient:
    """The way to Zoom; in a demo the same way, to the simulator."""
    if simulator is not None:
        known = simulator.config
        credentials = Credentials(known.account_id, known.client_id, known.client_secret)
        return ZoomClient(credentials, clock, api_url=simulator.api_url, token_url=simulator.oauth_url)
    credentials = Credentials(
        settings.zoom_account_id, settings.zoom_client_id, settings.zoom_client_secret.get_secret_value()
    )
    api_url, token_url = settings.zoom_api_url or API_URL, settings.zoom_oauth_url or TOKEN_URL
    return ZoomClient(credentials, clock, api_url=api_url, token_url=token_url)


def _simulator(url: str, auth: Auth, settings: Settings, folder: Path) -> Simulator:
    """A Zoom of the sample school's own, at this server's own address."""

    async def is_admins(request: Request) -> bool:
        try:
            login = await auth.login_of(request.scope)
        except RollcallError:
            return False
        return access.may_control_simulator(login.person)

    given = [token.get_secret_value() for token in settings.zoom_webhook_secret_tokens]
    return create_simulator(
        SimulatorConfig(
            account_id="demo",
            client_id="demo",
            client_secret=secrets.token_urlsafe(24),
            webhook_secret=given[0] if given else secrets.token_urlsafe(24),
            webhook_url=f"{url}/api/zoom/webhook",
            public_url=url + SIMULATOR,
            users=[
                HostUser(host.zoom_user_id, host.email, host.given_name, host.family_name)
                for host in sample_school().hosts()
            ],
            state_file=folder / "zoom.json",
            authorize_control=is_admins,
        )
    )


def _webhook_secrets(settings: Settings, simulator: Simulator | None) -> Sequence[str]:
    if simulator is not None:
        return [simulator.config.webhook_secret]
    return [token.get_secret_value() for token in settings.zoom_webhook_secret_tokens]
