"""What every reader of notifications agrees on.

It exists so that `notifications`, which knows all readers, and the readers themselves need not know each other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from realtime.facts import Fact

News = tuple[tuple[Fact, ...], str]
"""Facts, and the name of what can happen only once (empty when there is no such name)."""

Reader = Callable[[str, Mapping[str, object], datetime | None], News]
"""From the kind, the payload and the time of the event. Errors: Misshapen, pydantic's ValidationError."""


class Misshapen(Exception):
    """A message lacks what it is about; the words quote nothing of it."""
