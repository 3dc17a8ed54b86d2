"""The numbers that say how the server is doing, in one registry that belongs to one server.

It exists so that a refusal leaves a trace even though it writes nothing. It does not know who may read it.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.notifications = Counter(
            "rollcall_notifications",
            "Notifications from Zoom, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        self.notification_seconds = Histogram(
            "rollcall_notification_seconds",
            "Time from a notification's last byte to its answer",
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
            registry=self.registry,
        )
        self.clicks_not_noted = Counter(
            "rollcall_clicks_not_noted",
            "Presses of Join that went through although noting them failed",
            registry=self.registry,
        )

    def seen(self, outcome: str) -> int:
        """How many notifications ended so."""
        value = self.registry.get_sample_value("rollcall_notifications_total", {"outcome": outcome})
        return int(value or 0)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)
