"""SQLite through apsw: one writer thread with group commit, a pool of read-only connections, named SQL."""
