"""What the plugin signs, botocore signs the same: random keys, secrets and settings, others in each run."""

import datetime
import random
import re
from unittest import mock

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from harness.cli import environment
from harness.direct import Direct
from harness.faults import Request
from harness.sigv4 import Key
from harness.world import SMALL_BYTES

LETTERS = "abcXYZ019-._~ /+%&=?#'\"()*!:@,;$<>\t\r\n\u0001\u007f\u00e9e\u0301日🚀\\^`{}|[]"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/\d{8}/(?P<region>[^/]+)/s3/aws4_request, "
    r"SignedHeaders=(?P<headers>[^,]+), Signature=[0-9a-f]{64}")


def signed_by_botocore(request: Request, key: Key) -> str:
    """The Authorization of a request, of the headers that were signed and at its time."""
    given = AUTHORIZATION.fullmatch(request.headers["authorization"])
    headers = {name: request.headers[name] for name in given["headers"].split(";")}
    moment = datetime.datetime.strptime(headers.pop("x-amz-date"), "%Y%m%dT%H%M%SZ")
    headers.pop("x-amz-security-token", None)
    again = AWSRequest(request.method, f"http://{request.headers['host']}{request.target}", headers=headers)
    with mock.patch("botocore.auth.get_current_datetime", lambda *_: moment):
        S3SigV4Auth(Credentials(given["id"], key.secret, key.token), "s3", given["region"]).add_auth(again)
    return again.headers["Authorization"]


@pytest.mark.parametrize("number", range(4))
def test_requests_are_signed_as_botocore_signs_them(tmp_path, faults, number):
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    text = lambda most: "".join(chance.choices(LETTERS, k=chance.randrange(1, most)))  # noqa: E731
    secret = "".join(chance.choices("abcXYZ019/+=", k=40))
    token = "".join(chance.choices("abcXYZ019/+=", k=chance.randrange(1, 900))) if number % 2 else None
    faults.keys = {"AKIDEXAMPLE": Key(secret, token)}
    bucket = faults.make_bucket("signed", region=chance.choice(["us-east-1", "eu-central-1", "ap-southeast-7"]))
    prefix = chance.choice(["", "a", "日/"]) + text(8)
    keys = {f"{prefix}{text(40)}.parquet" for _ in range(60)}
    for key in keys:
        bucket.put(key, SMALL_BYTES)
    bucket.put(prefix + "large.parquet", SMALL_BYTES[:4] + bytes(9 << 20) + SMALL_BYTES[4:])

    run = Direct(tmp_path, environment("AKIDEXAMPLE", secret, AWS_SESSION_TOKEN=token)).sync(bucket.spec(
        path_prefix=prefix, request_payer=chance.choice([None, "requester"]), concurrency=chance.randrange(1, 20),
        tables_from=[{"pattern": "**", "table": "all"}]))

    # Those of hidden names are not asked for.
    assert len({request.path for request in faults.requests} - {f"/{bucket.name}"}) > 20, f"seed {seed}: {run.output}"
    for request in faults.requests:
        assert signed_by_botocore(request, Key(secret, token)) == request.headers["authorization"], f"seed {seed}: {request}"
    assert any(request.range for request in faults.requests), f"seed {seed}"
