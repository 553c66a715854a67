"""Which objects become which tables."""

import unicodedata

import pyarrow as pa
import pytest
from harness.digests import differences
from harness.s3 import parquet_bytes

NAMES = {
    "datafile_0.parquet": "datafile_0",
    "data/2024/x.parquet": "data_2024",
    "data/2024/02/14/14/15/x.parquet": "data_2024_02_14_14_15",
    "UPPER/X.PARQUET": "UPPER",
    "mixed/x.Parquet": "mixed",
    "web events/day=2024-06-01/p.parquet": "web_events_day_2024_06_01",
    "--a..b--/x.parquet": "a_b",
    "Customer list (new).parquet": "Customer_list_new",
    "_private_/x.parquet": "private",
    unicodedata.normalize("NFC", "données/x.parquet"): "donn_es",
    unicodedata.normalize("NFD", "données/x.parquet"): "donne_es",
    "2024.parquet": "2024",
    "plus+percent%25/x.parquet": "plus_percent_25",
}

ODD_NAMES = [
    "a b", " leading", "a+b", "a%20b", "a%b", "a%2Fb", "a=b", "a&b", "a'b", 'a"b', "a;b,c@d$e!f*g(h)~", "<a>", "a#b", "a?b=c",
    "a:b", "a|b", "a[b]", "a{b}", "a^b`c", "日本", "🙂", "tab\tin", unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é"),
    "..a", "a..", "x.parquet", "+", "%", "%%", "=",
]


def one(value) -> bytes:
    return parquet_bytes(pa.table({"v": [value]}))


def test_tables_are_named_after_their_directory(bucket, cloudquery):
    bucket.put_many((key, one(key)) for key in NAMES)
    bucket.put_many((key, b"not Parquet") for key in ("readme.txt", "data/notes.csv", "x.parquet.bak", "parquet", "data/xparquet"))
    run = cloudquery.sync(bucket.spec()).succeeded()
    got = {run.recording.rows(table)["v"].to_pylist()[0]: table for table in run.recording.tables}
    assert got == NAMES
    assert not run.warnings


def test_keys_of_every_kind_are_read(bucket, cloudquery):
    keys = [f"odd/{name}.parquet" for name in ODD_NAMES]
    bucket.put_many((key, one(key)) for key in keys)
    run = cloudquery.sync(bucket.spec()).succeeded()
    got = run.recording.rows("odd")["v"].to_pylist()
    assert sorted(got) == sorted(keys)
    assert not run.warnings


def test_more_objects_than_one_listing_page_holds(bucket, cloudquery, proxy):
    keys = [f"many/{number:05}.parquet" for number in range(1050)] + [f"other/{number}.parquet" for number in range(5)]
    bucket.put_many((key, one(key)) for key in keys)
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert sorted(run.recording.rows("many")["v"].to_pylist()) == keys[:1050]
    assert run.recording.row_count() == 1055
    pages = [request for request in proxy.requests if "list-type=2" in request.target]
    assert any("continuation-token" in request.target for request in pages), [page.target for page in pages]


def test_path_prefix_limits_the_listing(bucket, cloudquery):
    for key in ("in/a.parquet", "in/deep/b.parquet", "inside/c.parquet", "out/d.parquet", "in.parquet"):
        bucket.put(key, one(key))
    run = cloudquery.sync(bucket.spec(path_prefix="in/")).succeeded()
    assert run.recording.tables == ["in", "in_deep"]
    run = cloudquery.sync(bucket.spec(path_prefix="in")).succeeded()
    # The bare object and the directory share a name and agree on their columns.
    assert run.recording.tables == ["in", "in_deep", "inside"]
    assert sorted(run.recording.rows("in")["v"].to_pylist()) == ["in.parquet", "in/a.parquet"]


def test_table_filters(bucket, cloudquery):
    for key in ("sales/a.parquet", "sales_old/a.parquet", "stock/a.parquet", "people/a.parquet"):
        bucket.put(key, one(key))
    run = cloudquery.sync(bucket.spec(), tables=["s*", "people"], skip_tables=["*_old"]).succeeded()
    assert run.recording.tables == ["people", "sales", "stock"]
    run = cloudquery.sync(bucket.spec(), tables=["s*", "nothing*"]).failed()
    assert "tables include a pattern nothing* with no matches" in run.output
    run = cloudquery.sync(bucket.spec(), skip_tables=["?tock"]).failed()
    assert "skip_tables include a pattern ?tock with no matches" in run.output


def test_schemas_come_from_footers_not_from_whole_objects(bucket, cloudquery, proxy):
    table = pa.table({"n": pa.array(range(400_000)), "x": pa.array([i * 0.37 for i in range(400_000)])})
    bucket.put_table("large/a.parquet", table, compression="none", use_dictionary=False)
    cloudquery.run("tables", bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert proxy.body_bytes < 400_000, [(r.method, r.target, r.range, r.body_bytes) for r in proxy.requests]


@pytest.mark.parametrize("other", [
    {"id": pa.array([1]), "v": pa.array(["text"])},
    {"id": pa.array([1]), "v": pa.array([1.5]), "more": pa.array([True])},
], ids=["type", "column"])
def test_files_of_one_table_must_agree(bucket, cloudquery, other):
    bucket.put_table("t/first.parquet", pa.table({"id": pa.array([1]), "v": pa.array([1.5])}))
    bucket.put_table("t/second.parquet", pa.table(other))
    run = cloudquery.sync(bucket.spec()).failed()
    for word in ("t/first.parquet", "t/second.parquet"):
        assert word in run.output
    if "more" in other:
        assert "more" in run.output
    else:
        assert '"v"' in run.output or "'v'" in run.output or "v:" in run.output or "v " in run.output
        assert "utf8" in run.output or "string" in run.output
        assert "float64" in run.output or "double" in run.output


def test_a_table_without_rows_is_migrated(bucket, cloudquery):
    bucket.put_table("empty/a.parquet", pa.table({"n": pa.array([], pa.int32())}))
    run = cloudquery.sync(bucket.spec()).succeeded()
    assert run.recording.tables == ["empty"]
    assert run.recording.row_count() == 0


def test_ids_are_filled_unique_and_the_same_on_every_sync(bucket, cloudquery):
    table = pa.table({"n": pa.array([1] * 700)})
    for key in ("t/a.parquet", "t/b.parquet", "u/a.parquet"):
        bucket.put_table(key, table)
    first = cloudquery.sync(bucket.spec()).succeeded().recording
    field = first.schema("t").field("_cq_id")
    assert str(field.type) == "fixed_size_binary[16]"
    assert field.metadata[b"ARROW:extension:name"] == b"uuid"
    assert field.metadata[b"cq:extension:primary_key"] == b"true"
    assert not field.nullable
    ids = [first.rows(name)["_cq_id"].to_pylist() for name in ("t", "u")]
    assert None not in ids[0] + ids[1]
    assert len(set(ids[0] + ids[1])) == 2100
    again = cloudquery.sync(bucket.spec(rows_per_record=100)).succeeded().recording
    assert [sorted(again.rows(name)["_cq_id"].to_pylist()) for name in ("t", "u")] == [sorted(part) for part in ids]


def test_columns_of_a_cloudquery_destination_are_not_kept(bucket, cloudquery):
    """The CLI keeps `_cq_sync_time` and `_cq_source_name` of a record, and then deletes these rows as stale."""
    table = pa.table({
        "_cq_sync_time": pa.array([0], pa.timestamp("us", "UTC")), "_cq_source_name": ["old"],
        "_cq_id": ["00000000-0000-4000-8000-000000000001"], "n": [7],
    })
    bucket.put_table("t/a.parquet", table)
    run = cloudquery.sync(bucket.spec()).succeeded()
    rows = run.recording.rows("t").to_pylist()
    assert rows[0]["n"] == 7
    assert rows[0]["_cq_source_name"] == "s3"
    assert rows[0]["_cq_sync_time"].year > 2000
    assert rows[0]["_cq_id"].hex() == "00000000000040008000000000000001"


def test_the_same_sync_moves_everything_without_state(bucket, cloudquery):
    table = pa.table({"n": pa.array(range(10))})
    bucket.put_table("t/a.parquet", table)
    for _ in range(2):
        run = cloudquery.sync(bucket.spec()).succeeded()
        assert not differences(run.recording.rows("t"), table)


def test_virtual_hosted_requests(bucket, cloudquery, server):
    """`*.localhost` is this machine; the server takes `BUCKET.s3.localhost` for the bucket."""
    bucket.put("a/1 +%.parquet", one("virtual"))
    run = cloudquery.sync(bucket.spec(endpoint=f"http://s3.localhost:{server.port}", path_style=False)).succeeded()
    assert run.recording.rows("a")["v"].to_pylist() == ["virtual"]
