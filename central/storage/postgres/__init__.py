"""PostgreSQL 15+ through psycopg: group commits, each of one group of pharmacies."""
