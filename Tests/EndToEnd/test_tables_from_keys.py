"""How keys and files become tables: rules, partitions, union of columns, lineage, selection of columns."""

import datetime
import uuid

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from harness.s3 import parquet_bytes

DAY = datetime.date(2024, 2, 29)


def one(value) -> bytes:
    return parquet_bytes(pa.table({"v": [value]}))


def by(column: str, table: pa.Table) -> list[dict]:
    """The rows without CloudQuery's columns, sorted by a column."""
    names = [name for name in table.column_names if not name.startswith("_cq_")]
    return sorted(table.select(names).to_pylist(), key=lambda row: str(row[column]))


def test_directories_of_one_name_are_an_error_or_one_table(bucket, cloudquery):
    for key in ("a-b/x.parquet", "a_b/x.parquet", "c/x.parquet"):
        bucket.put(key, one(key))
    run = cloudquery.sync(bucket.spec()).failed()
    for text in ('"a-b"', '"a_b"', "table_name_collisions"):
        assert text in run.everything.replace('\\"', '"'), run.output
    # A table that is not asked for does not matter.
    assert cloudquery.sync(bucket.spec(), tables=["c"]).succeeded().recording.tables == ["c"]
    run = cloudquery.sync(bucket.spec(table_name_collisions="merge")).succeeded()
    assert sorted(run.recording.rows("a_b")["v"].to_pylist()) == ["a-b/x.parquet", "a_b/x.parquet"]


def test_rules_name_tables_and_make_typed_columns(bucket, cloudquery):
    keys = [
        "AWSLogs/000000000012/eu-west-1/2024/02/29/run-7/a.parquet", "AWSLogs/123456789012/us-east-1/2023/12/31/run-12/b.parquet",
        "exports/2024-02-29/people.parquet", "other/x.parquet", "exports/notes.txt",
    ]
    bucket.put_many((key, one(key)) for key in keys)
    run = cloudquery.sync(bucket.spec(tables_from=[
        {"pattern": "AWSLogs/{account}/{region}/{YYYY}/{MM}/{DD}/run-{run:int}/**", "table": "logs"},
        {"pattern": "exports/{day:date}/{kind}.parquet", "table": "export {kind}"},
    ])).succeeded()
    assert run.recording.tables == ["export_people", "logs"]
    logs = run.recording.rows("logs")
    assert by("account", logs) == [
        {"v": keys[0], "account": "000000000012", "region": "eu-west-1", "year": 2024, "month": 2, "day": 29, "run": 7},
        {"v": keys[1], "account": "123456789012", "region": "us-east-1", "year": 2023, "month": 12, "day": 31, "run": 12},
    ]
    assert logs.schema.field("year").type == pa.int64() and logs.schema.field("account").type == pa.string()
    export = run.recording.rows("export_people")
    assert by("v", export) == [{"v": keys[2], "day": DAY}] and export.schema.field("day").type == pa.date32()
    assert any("no pattern of tables_from" in line and '"keys": "2"' in line for line in run.lines("info")), run.lines("info")
    assert not run.warnings


@pytest.mark.parametrize("path", [
    "sync/{{TABLE}}/{{YEAR}}/{{MONTH}}/{{DAY}}/{{HOUR}}/{{MINUTE}}/{{UUID}}.{{FORMAT}}",
    "{{SYNC_ID}}/{{TABLE_HYPHEN}}/dt={{YEAR}}-{{MONTH}}-{{DAY}}/{{UUID}}.parquet", "{{TABLE}}.{{FORMAT}}.{{UUID}}",
])
def test_what_the_s3_destination_of_cloudquery_writes_is_read_back(bucket, cloudquery, path):
    def key(table: str, identifier: str) -> str:
        filled = path
        for name, value in {
            "TABLE": table, "TABLE_HYPHEN": table.replace("_", "-"), "YEAR": "2024", "MONTH": "02", "DAY": "29", "HOUR": "23",
            "MINUTE": "59", "UUID": identifier, "FORMAT": "parquet", "SYNC_ID": str(uuid.uuid4()),
        }.items():
            filled = filled.replace("{{" + name + "}}", value)
        return filled

    ids = {table: [str(uuid.uuid4()) for _ in range(3)] for table in ("aws_ec2_instances", "aws_s3_buckets")}
    # What the destination leaves to see whether it may write.
    bucket.put(key("TEST_TABLE", "TEST_UUID"), b"")
    for table, rows in ids.items():
        old = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
        for row in rows:
            bucket.put_table(key(table, str(uuid.uuid4())), pa.table({
                "_cq_sync_time": pa.array([old], pa.timestamp("us", "UTC")), "_cq_source_name": ["aws"], "_cq_id": [row],
                "_cq_parent_id": pa.array([None], pa.string()), "region": ["eu-west-1"], "tags": ['{"a":1}'],
            }))
    run = cloudquery.sync(bucket.spec(tables_from=[{"pattern": path}])).succeeded()
    assert run.recording.tables == sorted(ids) and not run.warnings
    for table, rows in ids.items():
        got = run.recording.rows(table)
        assert got.column_names == ["_cq_sync_time", "_cq_source_name", "_cq_id", "_cq_parent_id", "region", "tags"]
        assert sorted(str(uuid.UUID(bytes=value)) for value in got["_cq_id"].to_pylist()) == sorted(rows)
        assert set(got["_cq_source_name"].to_pylist()) == {"s3"}
        assert all(time.year > 2020 for time in got["_cq_sync_time"].to_pylist())


def test_partitions_by_another_writer_are_typed_columns(bucket, cloudquery, tmp_path):
    rows = [
        {"n": number, "year": 2020 + number % 3, "day": DAY + datetime.timedelta(days=number % 2),
         "city": [None, "São Paulo", "a/b=c%", "007"][number % 4]}
        for number in range(48)
    ]
    schema = pa.schema([("n", pa.int32()), ("year", pa.int64()), ("day", pa.date32()), ("city", pa.string())])
    ds.write_dataset(
        pa.Table.from_pylist(rows, schema), tmp_path / "sales", format="parquet",
        partitioning=ds.partitioning(schema.remove(0), flavor="hive"))
    files = [file for file in (tmp_path / "sales").rglob("*.parquet")]
    assert len(files) == 12
    bucket.put_many((str(file.relative_to(tmp_path)), file.read_bytes()) for file in files)
    run = cloudquery.sync(bucket.spec(hive_partitioning=True)).succeeded()
    assert run.recording.tables == ["sales"]
    got = run.recording.rows("sales")
    assert by("n", got) == sorted(rows, key=lambda row: str(row["n"]))
    assert [got.schema.field(name).type for name in schema.names] == schema.types
    cloudquery.run("tables", bucket.spec(hive_partitioning=True)).succeeded()


def test_files_that_differ_are_united_as_another_engine_does(bucket, cloudquery):
    tables = [
        pa.table({"id": pa.array([1, 2], pa.int8()), "x": pa.array([1.5, None], pa.float32()), "nothing": pa.nulls(2),
                  "s": pa.array([{"a": 1}, None], pa.struct([("a", pa.int16())]))}),
        pa.table({"x": pa.array([2.5]), "id": pa.array([300], pa.int32()), "nothing": ["text"], "more": [True],
                  "s": pa.array([{"b": "y", "a": 70000}], pa.struct([("b", pa.string()), ("a", pa.int32())]))}),
        pa.table({"id": pa.array([7], pa.uint16()), "money": pa.array([1], pa.decimal128(9, 2)),
                  "l": pa.array([[1, None]], pa.list_(pa.int16()))}),
        pa.table({"id": pa.array([8], pa.int64()), "money": pa.array([2], pa.decimal128(12, 4)),
                  "l": pa.array([[70000]], pa.list_(pa.int64()))}),
    ]
    for number, table in enumerate(tables):
        bucket.put_table(f"t/{number}.parquet", table, store_schema=False)
    cloudquery.sync(bucket.spec()).failed()
    run = cloudquery.sync(bucket.spec(schema_mismatch="union")).succeeded()
    got = run.recording.rows("t")
    expected = pa.concat_tables(tables, promote_options="permissive")
    names = expected.column_names
    assert got.column_names[4:] == names
    assert by("id", got) == by("id", expected)
    for name in ("id", "x", "more", "money", "l"):
        assert got.schema.field(name).type == expected.schema.field(name).type, name
    assert any("columns were united" in line and "widened from int8 to int64" in line for line in run.lines("info"))
    # What no type holds is still an error that names both objects.
    bucket.put_table("t/9.parquet", pa.table({"id": ["text"]}))
    run = cloudquery.sync(bucket.spec(schema_mismatch="union")).failed()
    for text in ("t/3.parquet", "t/9.parquet", "int64", "utf8"):
        assert text in run.output


def test_lineage_names_object_version_and_row(bucket, cloudquery):
    keys = ["t/b c.parquet", "t/ü.parquet"]
    for key in keys:
        bucket.put_table(key, pa.table({"v": list(range(25))}))
    run = cloudquery.sync(bucket.spec(lineage=True, rows_per_record=10)).succeeded()
    rows = run.recording.rows("t").to_pylist()
    assert sorted((row["_cq_s3_key"], row["_cq_s3_row"]) for row in rows) == [(key, n) for key in keys for n in range(25)]
    assert all(row["_cq_s3_row"] == row["v"] for row in rows)
    for key in keys:
        head = bucket.server.client.head_object(Bucket=bucket.name, Key=key)
        mine = [row for row in rows if row["_cq_s3_key"] == key]
        assert {row["_cq_s3_etag"] for row in mine} == {head["ETag"]}
        assert {row["_cq_s3_last_modified"].replace(microsecond=0) for row in mine} == {head["LastModified"]}


def test_only_selected_columns_are_fetched(bucket, cloudquery, proxy):
    size = 300_000
    table = pa.table({
        "id": pa.array(range(size)), "wide": pa.array([f"{n * 7919 % size:020}" for n in range(size)]), "x": pa.array([1.5] * size)})
    bucket.put_table("t/a.parquet", table, compression="none", use_dictionary=False)
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint, skip_columns=["w*"], rows_per_record=50_000)).succeeded()
    got = run.recording.rows("t")
    assert got.column_names[4:] == ["id", "x"] and got.num_rows == size
    assert proxy.body_bytes < 6_000_000, proxy.body_bytes
    ids = set(got["_cq_id"].to_pylist())
    run = cloudquery.sync(bucket.spec(columns=["x"], rows_per_record=50_000)).succeeded()
    assert set(run.recording.rows("t")["_cq_id"].to_pylist()) == ids
    run = cloudquery.sync(bucket.spec(columns=["x", "y"])).failed()
    assert "columns include a pattern y with no matches" in run.output


def test_validate_config_knows_the_fields(bucket, cloudquery):
    rule = {"pattern": "a/{{TABLE}}/*.parquet"}
    cloudquery.run("validate-config", bucket.spec(
        tables_from=[rule], table_name_collisions="merge", hive_partitioning=True, schema_mismatch="union", lineage=True,
        columns=["a*"], skip_columns=["b"])).succeeded()
    for wrong in (
        {"tables_from": [{"table": "t"}]}, {"tables_from": [rule | {"x": 1}]}, {"schema_mismatch": "widen"},
        {"table_name_collisions": "first"}, {"hive_partitioning": "yes"}, {"lineage": 1}, {"columns": "a"}, {"skip_columns": [1]},
    ):
        cloudquery.run("validate-config", bucket.spec(**wrong)).failed()
