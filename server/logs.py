"""How this server writes its log: one line for each thing, for people or for programs, without secrets.

Our own lines and those of the libraries pass the same steps: what looks like a key is hidden, what could begin a new
line is escaped. No traceback shows the values of variables. It does not know what is logged.
"""

import logging
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["text", "json"]
HIDDEN = "[hidden]"

# Libraries that write a line for each request, some with the whole address, query and all.
QUIET = ("httpx", "httpcore", "engineio", "socketio", "uvicorn", "uvicorn.error", "alembic", "aiosqlite", "asyncio")

_SECRET_NAMES = re.compile(
    r"(?i)^(authorization|cookie|set-cookie|passcode|start_url|join_url|secret|sealed)$|password|token|secret_key|api_key"
)
_SECRET_VALUES = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b(\w*(?:token|secret|passcode|password|zak|pwd|sid|tk))=[^&\s\"'<>;]+"), rf"\1={HIDDEN}"),
    (re.compile(r"(?i)\b(rollcall_session)=[^;\s\"']+"), rf"\1={HIDDEN}"),
)
# Whatever the three above or a control character could be found in; nearly every value is nothing of the kind.
_SUSPECT = re.compile(r"(?i)=|bearer|basic|[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_NEWLINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def configure(form: Format = "text", stream: TextIO | None = None) -> None:
    """Set the log up for this process; standard error unless told otherwise."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a logger made at import must not keep what was set up before
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                _renderer(form, is_terminal=stream.isatty()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(form: Format, *, is_terminal: bool) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # The prettier way to show an exception prints the values of all variables, tokens too.
    return structlog.dev.ConsoleRenderer(
        colors=is_terminal, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )


def without_secrets(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """The line as it may be written: keys hidden, nothing that could begin a line of its own."""
    return {name: _shown(name, value) for name, value in line.items()}


@lru_cache(maxsize=1_024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _shown(name: str, value: Any) -> Any:
    if value and _is_secret(name):
        return HIDDEN
    if isinstance(value, str):
        return _plain(value, keeps_lines=name == "exception")
    if isinstance(value, Mapping):
        return {str(inner): _shown(str(inner), each) for inner, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown("", each) for each in value]
    return value if isinstance(value, int | float | None) else _plain(repr(value), keeps_lines=False)


def _plain(text: str, *, keeps_lines: bool) -> str:
    if not _SUSPECT.search(text):
        return text
    for pattern, instead in _SECRET_VALUES:
        text = pattern.sub(instead, text)
    control = _CONTROL_BUT_NEWLINE if keeps_lines else _CONTROL
    escaped = control.sub(lambda found: f"\\x{ord(found.group()):02x}", text)
    # Indented, so that what stands in a message cannot pass for a line of the log.
    return escaped.replace("\n", "\n    ") if keeps_lines else escaped
