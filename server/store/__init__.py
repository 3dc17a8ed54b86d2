"""Where the truth is kept: tables and queries in SQLAlchemy Core, one writer and many readers.

Read `tables.py` first, then `database.py` (connections and faults), `transaction.py` (the tracker's batches) and
`reading.py` (what pages and connections are shown).
"""
