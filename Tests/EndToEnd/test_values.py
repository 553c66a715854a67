"""Every value of every flat type, codec and encoding arrives as pyarrow reads it, whoever wrote the file."""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harness.cli import ROOT, CloudQuery
from harness.digests import differences

FIXTURES = ROOT / "Fixtures"
MANIFEST = json.loads((FIXTURES / "manifest.json").read_text())["files"]
ENGINES = {"pyarrow", "duckdb", "polars", "fastparquet"}
# What destinations are not given as pyarrow reads it.
OTHER_TYPES = ("struct", "list", "map", "halffloat", "null", "decimal256", "month_day_nano")
FLAT = {
    pathlib.Path(entry["file"]).stem: entry for entry in MANIFEST
    if entry["writer"].split()[0] in ENGINES and "keys" not in entry and entry["columns"]
    and not any(column["type"].startswith(OTHER_TYPES) for column in entry["columns"])
}
NESTED = next(entry for entry in MANIFEST if entry["file"].endswith("/pyarrow-nested.parquet"))


# The tests of one process, so that the sync of all fixtures runs once.
one_process = pytest.mark.xdist_group("values")


@pytest.fixture(scope="module")
def synced(make_bucket, credentials, tmp_path_factory):
    """One sync of all fixtures, each its own table."""
    bucket = make_bucket("values")
    bucket.put_many((f"{name}.parquet", (FIXTURES / entry["file"]).read_bytes()) for name, entry in FLAT.items())
    return CloudQuery(tmp_path_factory.mktemp("values"), credentials).sync(bucket.spec(rows_per_record=37)).succeeded()


def table_of(name: str) -> str:
    return name.replace("-", "_")


def read(name: str) -> pa.Table:
    """pyarrow's read, with INT96 timestamps in the plugin's unit."""
    return pq.ParquetFile(FIXTURES / FLAT[name]["file"], coerce_int96_timestamp_unit="us").read()


@one_process
def test_each_file_became_a_table_and_nothing_else(synced):
    assert synced.recording.tables == sorted(map(table_of, FLAT))
    # fastparquet makes nanoseconds by floating-point arithmetic.
    cut = {("pyarrow_int96", "moment_ns"), ("pyarrow_int96_plain", "moment_ns"), ("fastparquet_int96", "moment_us")}
    assert {(line["table"], line["column"]) for line in map(json.loads, synced.warnings)} == cut
    writers = {entry["writer"].split()[0] for entry in FLAT.values()}
    assert writers == ENGINES


@one_process
@pytest.mark.parametrize("name", FLAT)
def test_every_column_equals_pyarrows_own_read(synced, name):
    got = synced.recording.rows(table_of(name))
    wanted = read(name)
    assert wanted.num_rows == FLAT[name]["rowCount"]
    assert not differences(got, wanted, ordered=True)


@one_process
@pytest.mark.parametrize("name", FLAT)
def test_batches_hold_at_most_rows_per_record(synced, name):
    sizes = synced.recording.batch_sizes(table_of(name))
    assert all(size <= 37 for size in sizes), sizes
    assert sum(sizes) == FLAT[name]["rowCount"]


@one_process
def test_nullability_arrives(synced):
    assert not synced.recording.schema("pyarrow_required").field("i32").nullable
    assert synced.recording.schema("pyarrow_flat_none_v1").field("i32").nullable


@one_process
def test_the_cli_counts_the_rows_that_arrived(synced):
    rows = sum(entry["rowCount"] for entry in FLAT.values())
    assert synced.resources == synced.recording.row_count() == rows
    assert synced.summary["resources"] == rows


def test_files_of_one_table_by_different_writers_arrive_together(bucket, cloudquery):
    names = [f"fastparquet-flat-{codec}" for codec in ("none", "snappy", "gzip", "zstd", "brotli")]
    parts = []
    for name in names:
        content = (FIXTURES / FLAT[name]["file"]).read_bytes()
        bucket.put(f"mixed/{name}.parquet", content)
        parts.append(pq.ParquetFile(pa.BufferReader(content)).read())
    again = parts[0].replace_schema_metadata(None)
    bucket.put_table("mixed/by-pyarrow.parquet", again, compression="lz4", data_page_version="2.0")
    run = cloudquery.sync(bucket.spec()).succeeded()
    wanted = pa.concat_tables([part.replace_schema_metadata(None) for part in [*parts, again]])
    assert not differences(run.recording.rows("mixed"), wanted)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_rows_per_record(bucket, cloudquery, size):
    table = pa.table({"n": pa.array(range(2500 if size > 1 else 40))})
    bucket.put_table("rows/a.parquet", table, row_group_size=900)
    run = cloudquery.sync(bucket.spec(rows_per_record=size)).succeeded()
    assert max(run.recording.batch_sizes("rows")) <= size
    assert not differences(run.recording.rows("rows"), table, ordered=True)


def test_five_hundred_rows_per_record_by_default(bucket, cloudquery):
    table = pa.table({"n": pa.array(range(1700))})
    bucket.put_table("rows/a.parquet", table)
    run = cloudquery.sync(bucket.spec()).succeeded()
    assert run.recording.batch_sizes("rows") == [500, 500, 500, 200]


def test_nested_columns_equal_pyarrows_own_read(bucket, cloudquery):
    bucket.put("nested/a.parquet", FIXTURES / NESTED["file"])
    run = cloudquery.sync(bucket.spec(rows_per_record=7)).succeeded()
    wanted = pq.ParquetFile(FIXTURES / NESTED["file"]).read()
    assert not differences(run.recording.rows("nested"), wanted, ordered=True)


def test_variants_arrive_as_json_whether_they_are_shredded_or_not(bucket, cloudquery):
    for name in ("duckdb-variant", "duckdb-variant-shredded"):
        bucket.put(f"variants/{name}.parquet", FIXTURES / "parquet" / f"{name}.parquet")
    run = cloudquery.sync(bucket.spec()).succeeded()
    field = run.recording.schema("variants").field("v")
    assert field.metadata[b"ARROW:extension:name"] == b"json" and field.type == pa.binary()
    rows = run.recording.rows("variants").sort_by("i").to_pylist()
    values = [(row["i"] % 10, None if row["v"] is None else json.loads(row["v"])) for row in rows]
    found = [[value for kind, value in values if kind == digit] for digit in range(10)]
    # The query is in Tools/fixtures/writers.py; each row comes from both files.
    assert found[0] == found[1] == [None] * 8
    assert found[2] == [2.5, 2.5, 15, 15, 27.5, 27.5, 40, 40] and found[3] == ["2024-02-29"] * 8
    assert found[4] == [{"a": i, "b": ["x", None, "é"]} for i in (4, 4, 14, 14, 24, 24, 34, 34)]
    assert found[5][0] == [5, -5] and found[6][0] == {"a": "text", "c": {"d": "2001-02-03T04:05:06.789000"}}
    assert found[7][0] == 1.0 and found[8][0] == "AP8=" and found[9][:2] == ["row 9"] * 2


def test_nested_fields_required_in_one_file_and_optional_in_another_make_one_table(bucket, cloudquery):
    def table(nullable: bool, values: list) -> pa.Table:
        point = pa.struct([pa.field("x", pa.int64(), nullable)])
        return pa.table({"n": pa.array(values, pa.list_(pa.field("element", point, nullable)))})

    required, optional = table(False, [[{"x": 1}], []]), table(True, [[None, {"x": None}], None])
    bucket.put_table("nested/a.parquet", required)
    bucket.put_table("nested/b.parquet", optional)
    run = cloudquery.sync(bucket.spec()).succeeded()
    wanted = pa.concat_tables([required.cast(optional.schema), optional])
    assert not differences(run.recording.rows("nested"), wanted)


def test_encrypted_files_arrive_with_the_keys_of_the_spec(bucket, cloudquery):
    entry = next(entry for entry in MANIFEST if entry["file"].endswith("/pyarrow-encrypted-columns.parquet"))
    keys = dict(pair.split("=", 1) for pair in entry["keys"].split(","))
    bucket.put("sealed/a.parquet", FIXTURES / entry["file"])
    footer = keys.pop("footer")
    run = cloudquery.sync(bucket.spec(decryption_keys={"footer": footer, "columns": keys})).succeeded()
    rows = run.recording.rows("sealed")
    wanted = {column["name"]: column["values"] for column in entry["columns"]}
    assert rows.column("s").to_pylist() == wanted["s"]
    assert [str(value) for value in rows.column("a").to_pylist()] == wanted["a"]

    locked = cloudquery.sync(bucket.spec(decryption_keys={"footer": footer})).succeeded()
    assert locked.recording.row_count() == 0
    assert any('column \\"a\\": encrypted' in warning for warning in locked.warnings), locked.warnings
    for secret in [footer, *keys.values()]:
        assert secret not in run.everything + locked.everything


def test_types_arrive_as_destinations_take_them(bucket, cloudquery):
    identifiers = [bytes([value]) * 16 for value in range(3)]
    table = pa.table({
        "half": pa.array([1.5, None, -0.0], pa.float16()), "fixed": pa.array([b"abcde", None, b"12345"], pa.binary(5)),
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array(identifiers, pa.binary(16))),
        "nothing": pa.nulls(3), "nothings": pa.array([[None], None, []], pa.list_(pa.null())),
        "dictionary": pa.array(["a", "b", "a"]).dictionary_encode(), "view": pa.array(["a", None, "b"], pa.string_view()),
        "wait": pa.array([1, None, 3], pa.duration("ms")), "pair": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)),
        "halves": pa.array([[1.5], None, []], pa.list_(pa.float16())),
    })
    bucket.put_table("types/a.parquet", table)
    run = cloudquery.sync(bucket.spec()).succeeded()
    schema, rows = run.recording.schema("types"), run.recording.rows("types")
    wanted = {
        "half": pa.float32(), "fixed": pa.binary(), "nothing": pa.string(), "dictionary": pa.string(),
        "view": pa.string(), "wait": pa.int64(),
    }
    assert {name: schema.field(name).type for name in wanted} == wanted
    assert schema.field("uuid").metadata[b"ARROW:extension:name"] == b"uuid"
    assert [schema.field(name).type.value_type for name in ("nothings", "pair", "halves")] == [
        pa.string(), pa.int8(), pa.float32()]
    assert rows["half"].to_pylist() == [1.5, None, 0.0] and rows["fixed"].to_pylist() == [b"abcde", None, b"12345"]
    assert rows["halves"].to_pylist() == [[1.5], None, []] and rows["nothings"].to_pylist() == [[None], None, []]
    assert rows["wait"].to_pylist() == [1, None, 3] and rows["pair"].to_pylist() == [[1, 2], None, [3, 4]]


def test_int96_timestamps_beyond_the_chosen_unit_fail_and_name_the_field(bucket, cloudquery):
    bucket.put("far/a.parquet", FIXTURES / "parquet/pyarrow-int96-far.parquet")
    assert cloudquery.sync(bucket.spec()).succeeded().recording.rows("far").num_rows == 6
    run = cloudquery.sync(bucket.spec(int96_timestamps="ns")).failed()
    assert 'int96_timestamps is \\"ns\\"' in run.everything or 'int96_timestamps is "ns"' in run.everything
