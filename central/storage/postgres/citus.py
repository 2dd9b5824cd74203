"""The script that spreads a database over machines with Citus: the group is the unit of sharding.

python -m central.storage.postgres.citus > central/storage/postgres/citus.sql
"""

import sys
from typing import Final

from central.storage.transfer.catalogue import catalogue

WITHOUT_GROUP: Final = frozenset({"pairing"})
"""Rows that have no group until somebody takes them; few and short-lived, so every machine has them all."""
_ROOT: Final = "pharmacy_group"
_HEAD: Final = """\
-- Spreads the tables over the workers of a Citus cluster, by group. Written by
-- `python -m central.storage.postgres.citus` from the tables of the migrations; a test compares the two.
-- Run once by the owner, after `officine db migrate`, central stopped: psql -v ON_ERROR_STOP=1 -f citus.sql
-- Citus is no part of Debian: the script is checked for every table and key, but was not run.

BEGIN;
CREATE EXTENSION IF NOT EXISTS citus;
-- History refuses changes by triggers that touch their own row's shard alone.
SET LOCAL citus.enable_unsafe_triggers = on;
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- A table that is whole on every machine may not refer to one that is spread.
"""


def distribution_script() -> str:
    """The whole script."""
    names = [table.name for table in catalogue()]
    spread = [name for name in names if name not in WITHOUT_GROUP]
    lines = [_HEAD]
    for name in sorted(WITHOUT_GROUP):
        lines.append(_DROP_REFERENCES.format(name=name))
    lines.append(f"SELECT create_distributed_table('{_ROOT}', 'group_id');\n")
    lines += [
        f"SELECT create_distributed_table('{name}', 'group_id', colocate_with => '{_ROOT}');\n"
        for name in spread
        if name != _ROOT
    ]
    lines += [f"SELECT create_reference_table('{name}');\n" for name in sorted(WITHOUT_GROUP)]
    return "".join([*lines, "COMMIT;\n"])


_DROP_REFERENCES: Final = """\
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conname FROM pg_constraint WHERE conrelid = '{name}'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE {name} DROP CONSTRAINT %I', found.conname);
    END LOOP;
END $$;

"""

if __name__ == "__main__":
    sys.stdout.write(distribution_script())
