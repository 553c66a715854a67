"""demo_tables.py FILE: prints each table of a DuckDB file with its row count, column types and first rows."""

import sys

import duckdb

database = duckdb.connect(sys.argv[1], read_only=True)
database.execute("SET TimeZone = 'UTC'")
tables = [name for (name,) in database.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()]
for table in tables:
    (rows,) = database.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0]
    columns = [
        (name, kind) for name, kind, *_ in database.execute(f'DESCRIBE "{table}"').fetchall() if not name.startswith("_cq_")
    ]
    print(f"\n       {table}: {rows:,} rows")
    print("       " + ", ".join(f"{name} {kind}" for name, kind in columns))
    texts = ", ".join(f'"{name}"::VARCHAR' for name, _ in columns)
    for row in database.execute(f'SELECT {texts} FROM "{table}" ORDER BY ALL LIMIT 3').fetchall():
        print("         " + " | ".join(str(value) for value in row))
if not tables:
    sys.exit("no table arrived")
