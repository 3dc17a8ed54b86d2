"""`python -m server` is the `rollcall` command."""

from server.cli import main

main()
