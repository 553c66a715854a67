"""Tables in real databases, which hold every row against the NOT NULL, unique and primary keys that were migrated."""

import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harness.cli import ROOT
from harness.databases import DuckDB, PostgreSQLServer
from harness.s3 import parquet_bytes

FIXTURES = ROOT / "Fixtures"
FILES = {
    pathlib.Path(entry["file"]).stem: entry for entry in json.loads((FIXTURES / "manifest.json").read_text())["files"]
    if "keys" not in entry and entry["columns"]
}
DATABASES = ["postgresql", "duckdb"]
# Tables with dates and times that the database, or its driver, cannot hold.
BEYOND = {"postgresql": ["handmade_converted_types", "pyarrow_moments_wide"], "duckdb": ["pyarrow_moments_wide"]}

pytestmark = pytest.mark.xdist_group("databases")


@pytest.fixture(scope="module")
def postgresql_server():
    server = PostgreSQLServer()
    yield server
    server.stop()


@pytest.fixture(params=DATABASES)
def database(request, tmp_path, bucket, cloudquery):
    if request.param == "postgresql":
        made = request.getfixturevalue("postgresql_server").make_database(bucket.name)
    else:
        made = DuckDB(tmp_path / "tables.duckdb")
    cloudquery.destination_path, cloudquery.destination_spec = made.path, made.spec
    made.name = request.param
    return made


def numbers(*values: int) -> bytes:
    return parquet_bytes(pa.table({"n": pa.array(values), "text": [f"row {value}" for value in values]}))


def constraints(database, table: str, kind: str) -> list[str]:
    return sorted(row[0] for row in database.query(
        "SELECT k.column_name FROM information_schema.table_constraints c "
        "JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name AND k.table_name = c.table_name "
        "WHERE c.table_name = ? AND c.constraint_type = ?", table, kind))


def present(database, table: str = "a") -> list[int]:
    return [row[0] for row in database.query(f'SELECT n FROM "{table}" ORDER BY n')]


def test_every_fixture_becomes_a_table(database, bucket, cloudquery):
    names = [name for name in FILES if FILES[name].get("rowCount")]
    bucket.put_many((f"{name}.parquet", (FIXTURES / FILES[name]["file"]).read_bytes()) for name in names)
    wanted = {name.replace("-", "_"): FILES[name]["rowCount"] for name in names}
    for _ in range(2):
        run = cloudquery.sync(bucket.spec(), skip_tables=BEYOND[database.name]).succeeded()
        assert "Errors: 0" in run.output, run.lines("error")
        # Two columns of one name cannot be a table.
        refused = {json.loads(line)["table"] for line in run.warnings if "object skipped" in line}
        tables = wanted.keys() - refused - set(BEYOND[database.name])
        counts = {table: database.query(f'SELECT count(*), count(DISTINCT _cq_id) FROM "{table}"')[0] for table in tables}
        assert counts == {table: (wanted[table],) * 2 for table in tables}
        assert refused == {"handmade_duplicate_names"}


def test_keys_and_nulls_are_enforced(database, bucket, cloudquery):
    required = pa.schema([pa.field("n", pa.int64(), nullable=False), pa.field("text", pa.string())])
    bucket.put_table("a/1.parquet", pa.table({"n": [1], "text": [None]}, schema=required))
    cloudquery.sync(bucket.spec()).succeeded()
    assert constraints(database, "a", "PRIMARY KEY") == ["_cq_id"]
    nullable = dict(database.query("SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = ?", "a"))
    assert nullable["_cq_id"] == nullable["n"] == "NO" and nullable["text"] == "YES"
    for statement in ('INSERT INTO a SELECT * FROM a', 'UPDATE a SET n = NULL', 'UPDATE a SET _cq_id = NULL'):
        with pytest.raises(Exception, match="(?i)constraint|null"):
            database.query(statement)


def test_values_arrive(database, bucket, cloudquery):
    source = FIXTURES / "parquet/pyarrow-flat-none-v1.parquet"
    bucket.put("a/1.parquet", source)
    cloudquery.sync(bucket.spec(lineage=True)).succeeded()
    wanted = pq.read_table(source)
    for name in ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f64", "string", "date", "bool"):
        if name in wanted.schema.names:
            got = [row[0] for row in database.query(f'SELECT "{name}" FROM a ORDER BY _cq_s3_row')]
            # PostgreSQL has no unsigned numbers, so the largest are decimals; nan differs from itself.
            got = [int(value) if isinstance(value, decimal.Decimal) else value for value in got]
            assert list(map(repr, got)) == list(map(repr, wanted[name].to_pylist())), name
    assert database.query("SELECT count(*) FROM a WHERE _cq_s3_key = ?", "a/1.parquet") == [(wanted.num_rows,)]


def test_full_syncs_replace_what_the_bucket_no_longer_has(database, bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(1, 2, 3))
    bucket.put("a/2.parquet", numbers(10))
    cloudquery.sync(bucket.spec()).succeeded()
    bucket.delete("a/2.parquet")
    bucket.put("a/1.parquet", numbers(4, 5))
    bucket.put("a/3.parquet", numbers(20))
    cloudquery.sync(bucket.spec()).succeeded()
    assert present(database) == [4, 5, 20]


@pytest.mark.parametrize("write_mode", ["overwrite", "overwrite-delete-stale"])
def test_incremental_syncs_follow_the_bucket(database, bucket, cloudquery, write_mode):
    spec = bucket.spec(lineage=True, deleted_objects="delete_rows", rows_per_record=2)

    def sync():
        return cloudquery.sync(spec, state=True, write_mode=write_mode).succeeded()

    bucket.put("a/1.parquet", numbers(1, 2, 3, 4, 5))
    bucket.put("a/2.parquet", numbers(10, 11))
    bucket.put("b/1.parquet", numbers(100))
    assert sync().resources == 8
    assert sync().resources == 0
    assert present(database) == [1, 2, 3, 4, 5, 10, 11]
    bucket.put("a/1.parquet", numbers(6, 7))
    bucket.delete("a/2.parquet")
    bucket.put("a/3.parquet", numbers(20))
    bucket.delete("b/1.parquet")
    assert sync().resources == 3
    assert present(database) == [6, 7, 20] and present(database, "b") == []
    assert database.query('SELECT count(*) FROM "a" WHERE text IS NULL OR _cq_s3_row IS NULL') == [(0,)]
    assert sync().resources == 0
    bucket.put("a/2.parquet", numbers(10, 11))
    assert sync().resources == 2
    assert present(database) == [6, 7, 10, 11, 20]


def test_append_keeps_every_version_of_a_row(database, bucket, cloudquery):
    """Appended tables have no keys: the CLI takes them from the migration."""
    bucket.put("a/1.parquet", numbers(1, 2))
    for _ in range(2):
        cloudquery.sync(bucket.spec(), write_mode="append").succeeded()
    assert present(database) == [1, 1, 2, 2]
    assert constraints(database, "a", "PRIMARY KEY") == []
