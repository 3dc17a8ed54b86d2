"""uvicorn, stopped by a signal without being killed by it.

It exists because uvicorn raises the signal again once it has stopped answering, and that ends the process before
whatever stands around it is closed: the database keeps its log unwritten, the data folder its lock file.
"""

import signal
from types import FrameType

import uvicorn


class OrderlyServer(uvicorn.Server):
    """Stops at the first signal and hurries at a second; what stands around it ends after it, in order."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came. It is not kept, as kept ones are raised again."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
