"""What a publisher was given, in order."""

from collections.abc import Sequence

from realtime.log import Event, Latest


class Recorder:
    """Keeps what it is told to tell."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.latest_values: list[Latest] = []

    def publish(self, events: Sequence[Event]) -> None:
        """Keep these events."""
        self.events += events

    def latest(self, values: Sequence[Latest]) -> None:
        """Keep these values."""
        self.latest_values += values

    @property
    def seqs(self) -> list[int]:
        """The seq of every event published, in order of publishing."""
        return [event.seq for event in self.events]
