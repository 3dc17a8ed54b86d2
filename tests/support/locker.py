"""Holds the write lock of a SQLite file, as another program on the machine may: `python -m tests.support.locker FILE`.

Says `locked` once it has it, and lets go when its input ends.
"""

import sqlite3
import sys

if __name__ == "__main__":
    connection = sqlite3.connect(sys.argv[1], isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    sys.stdin.read()
    connection.execute("ROLLBACK")
    connection.close()
