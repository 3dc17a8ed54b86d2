"""What holds for every test: nothing of the caller reaches it, and nothing of it reaches the next."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping

import pytest
import structlog
from hypothesis import settings

# An assertion in what tests share tells as much as one in a test.
pytest.register_assert_rewrite("tests.support")

# Deadlines off: an example on a busy machine is slow now and then, and pytest-timeout ends what hangs.
settings.register_profile("local", deadline=None)
# In CI the same examples each time, so that no change is blamed for what chance found; at home new ones are tried.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# A shell set up for a real account must not lead a test to it. The documents of Zoom are no setting of the server.
for name in list(os.environ):
    if name.startswith(("ROLLCALL_", "ZOOM_")) and name != "ZOOM_OPENAPI_DIR":
        del os.environ[name]
os.environ.pop("PORT", None)

SLOW_CALLBACK_S = 1.0  # asyncio's own 0.1 s is reached by a busy machine alone, and its warning lands in a test's log


def patient_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose debug mode calls slow what is slow on any machine."""
    loop = asyncio.new_event_loop()
    loop.slow_callback_duration = SLOW_CALLBACK_S
    return loop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Asked by pytest-asyncio for the loop of each test."""
    return {"patient": patient_loop}


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Takes back what a test sets for the loggers of the whole process, as starting a server does."""
    root = logging.getLogger()
    level = root.level
    before = {name: _state(logger) for name, logger in _loggers()}
    yield
    for name, logger in _loggers():
        logger.level, logger.propagate, logger.disabled, logger.handlers[:] = before.get(name, (0, True, False, []))
    # Pytest's own handlers come and go with each phase of a test and are its to take away.
    for handler in [handler for handler in root.handlers if not type(handler).__module__.startswith("_pytest")]:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.disable(logging.NOTSET)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _loggers() -> list[tuple[str, logging.Logger]]:
    known = logging.root.manager.loggerDict.items()
    return [(name, logger) for name, logger in known if isinstance(logger, logging.Logger)]


def _state(logger: logging.Logger) -> tuple[int, bool, bool, list[logging.Handler]]:
    return logger.level, logger.propagate, logger.disabled, logger.handlers[:]
