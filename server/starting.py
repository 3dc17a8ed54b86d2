"""What keeps a server, or a command, from starting.

It stands alone so that the `rollcall` command can name it without loading anything.
"""


class StartError(Exception):
    """It cannot start; the text is one sentence that says what to do about it."""
