"""The spec is checked before anything is asked of S3, and errors name the field."""

import grpc
import pytest

FIELDS = [
    "bucket", "region", "local_profile", "path_prefix", "filetype", "rows_per_record", "concurrency", "endpoint", "path_style",
    "role_arn", "external_id", "role_session_name", "use_dualstack", "use_fips", "use_accelerate", "no_sign_request",
    "request_payer", "sse_customer_key", "endpoint_ca_file", "max_retries", "memory_limit",
]
WRONG_TYPES = {
    "bucket": [1, None, [], {}], "region": [1], "local_profile": [False], "path_prefix": [{}], "filetype": [1],
    "rows_per_record": ["500", 1.5, True], "concurrency": ["50", 2.5], "endpoint": [80], "path_style": ["true", 1],
    "role_arn": [1], "use_dualstack": ["yes"], "use_fips": [0], "use_accelerate": ["on"], "no_sign_request": ["x"],
    "request_payer": [True], "sse_customer_key": [1], "endpoint_ca_file": [[]], "max_retries": ["3"], "memory_limit": [1.5],
}
OUT_OF_RANGE = {"rows_per_record": [0, -1, 2**70], "concurrency": [2**70], "bucket": [""], "filetype": ["csv", "Parquet"],
    "role_arn": ["reader"], "request_payer": ["owner"], "sse_customer_key": ["short"], "endpoint_ca_file": ["/no/such/file"],
    "max_retries": [-1, 101], "memory_limit": [0, "1 KiB", "lots"]}


def spec(**changes):
    return {"bucket": "some-bucket", "region": "us-east-1"} | changes


@pytest.mark.parametrize("field,value", [(field, value) for field, values in WRONG_TYPES.items() for value in values])
def test_a_value_of_the_wrong_type(plugin, field, value):
    assert field in plugin.init_error(spec(**{field: value})).details()


@pytest.mark.parametrize("field,value", [(field, value) for field, values in OUT_OF_RANGE.items() for value in values])
def test_a_value_out_of_range(plugin, field, value):
    assert field in plugin.init_error(spec(**{field: value})).details()


def test_an_unknown_field_and_what_is_allowed(plugin):
    message = plugin.init_error(spec(buckett="x")).details()
    assert "buckett" in message
    for field in FIELDS:
        assert field in message


@pytest.mark.parametrize("document", [b"", b"null", b"{}", b"[]", b'"bucket"', b"{", b'{"region":"us-east-1"}'])
def test_no_bucket(plugin, document):
    assert plugin.init_error(document).code() != grpc.StatusCode.UNAVAILABLE


def test_a_missing_bucket_is_named(plugin):
    assert "bucket" in plugin.init_error({"region": "us-east-1"}).details()


def test_an_error_through_the_cli(bucket, cloudquery):
    run = cloudquery.sync(bucket.spec(rows_per_record=0)).failed()
    assert "rows_per_record" in run.output
    assert "1" in run.output


@pytest.mark.parametrize("concurrency", [1, -1])
def test_bounds_that_are_allowed(bucket, cloudquery, concurrency):
    import pyarrow as pa

    bucket.put_table("t/a.parquet", pa.table({"n": [1, 2, 3]}))
    bucket.put_table("t/b.parquet", pa.table({"n": [4]}))
    run = cloudquery.sync(bucket.spec(concurrency=concurrency, rows_per_record=1, path_prefix="", filetype="parquet"))
    assert run.succeeded().resources == 4
