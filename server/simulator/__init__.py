"""A Zoom of our own: OAuth, REST, signed webhooks, a join page, and faults on demand.

It stands in for Zoom in the demo and in tests, over HTTP and nothing else, so that the code which talks to Zoom has
no second branch. It knows nothing of the rest of the house: it imports no other part of it, and it learns where to
send webhooks the way Zoom does, as a URL and a secret.

Read `config`, `account`, `rooms` for what it is; `api*`, `oauth` for how Zoom is asked; `notifications`, `signing`,
`outbox` for how Zoom tells; `pages`, `control`, `script` for what people may do with it; `memory`, `keeper` for what
outlives a restart.
"""

from server.simulator.clock import ScaledClock, SimulatorClock
from server.simulator.config import ALL_SCOPES, BASIC, LICENSED, AuthorizeControl, HostUser, SimulatorConfig
from server.simulator.simulator import Simulator, create_simulator

__all__ = [
    "ALL_SCOPES",
    "BASIC",
    "LICENSED",
    "AuthorizeControl",
    "HostUser",
    "ScaledClock",
    "Simulator",
    "SimulatorClock",
    "SimulatorConfig",
    "create_simulator",
]
