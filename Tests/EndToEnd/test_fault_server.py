"""The fault server is as strict as S3: botocore's signatures pass, and nothing else does; listings are a real server's."""

import random
import time
from urllib.parse import quote

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from harness.sigv4 import Key, Message, Refusal, verify
from harness.s3 import REGION

LETTERS = "abcXYZ019-._~ /+%&=?#'\"()*!:@,;$<>\t\u00e9e\u0301日🚀\\^`{}|[]"
HOST = "bucket.s3.us-east-1.amazonaws.com"


def signed(chance: random.Random, key: Key) -> Message:
    """A request with odd names and values, signed by botocore."""
    text = lambda: "".join(chance.choices(LETTERS, k=chance.randrange(1, 12)))  # noqa: E731
    query = "&".join(f"{quote(text(), safe='-_.~')}={quote(text(), safe='-_.~')}" for _ in range(chance.randrange(4)))
    path = "/" + quote(text(), safe="/-_.~")
    headers = {"Range": "bytes=0-9"} if chance.random() < 0.5 else {"x-amz-request-payer": "requester", "If-Match": '"a  b"'}
    request = AWSRequest("GET", f"https://{HOST}{path}{'?' + query if query else ''}", headers=headers)
    S3SigV4Auth(Credentials("AKID", key.secret, key.token), "s3", REGION).add_auth(request)
    sent = {name.lower(): value for name, value in request.headers.items()} | {"host": HOST}
    return Message("GET", request.url.removeprefix(f"https://{HOST}"), sent, b"")


def refused(message: Message, key: Key, **options) -> str:
    with pytest.raises(Refusal) as refusal:
        verify(message, {"AKID": key}, options.get("region", REGION), options.get("now", time.time()))
    return refusal.value.code


@pytest.mark.parametrize("seed", range(40))
def test_signatures_of_botocore_pass_and_no_others(seed):
    chance = random.Random(seed)
    key = Key("secret/of+" + "x" * chance.randrange(60), "token+/=" if seed % 2 else None)
    message = signed(chance, key)
    assert verify(message, {"AKID": key}, REGION, time.time()) == "AKID"

    def changed(**headers: str) -> Message:
        return Message(message.method, message.target, message.headers | headers, message.body)

    for other in (
        Message("HEAD", message.target, message.headers, b""), Message("GET", message.target + "x", message.headers, b""),
        Message("GET", message.target + ("&" if "?" in message.target else "?") + "a=b", message.headers, b""),
        changed(host="other.s3.us-east-1.amazonaws.com"), changed(**{"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}),
    ):
        assert refused(other, key) == "SignatureDoesNotMatch"
    assert refused(message, Key(key.secret + "x", key.token)) == "SignatureDoesNotMatch"
    assert refused(changed(**{"x-amz-more": "1"}), key) == "AccessDenied", "a header that is not signed"
    assert refused(changed(**{"x-amz-content-sha256": "0" * 64}), key) == "XAmzContentSHA256Mismatch"
    assert refused(changed(authorization="AWS4-HMAC-SHA256 nothing"), key) == "AuthorizationHeaderMalformed"
    assert refused(message, key, region="eu-west-1") == "AuthorizationHeaderMalformed"
    for seconds in (-1_200, 960):
        assert refused(message, key, now=time.time() + seconds) == "RequestTimeTooSkewed"
    if key.token:
        assert refused(message, Key(key.secret, "another")) == "InvalidToken"
        assert refused(message, Key(key.secret, key.token, is_expired=True)) == "ExpiredToken"
    else:
        assert refused(message, Key(key.secret, "a token that did not come")) == "InvalidAccessKeyId"


def client(endpoint: str, server) -> "boto3.client":
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name=REGION, aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"))


def shape(pages: list[dict]) -> list[tuple]:
    return [(
        [item["Key"] for item in page.get("Contents", [])], [item["Prefix"] for item in page.get("CommonPrefixes", [])],
        page["KeyCount"], page["IsTruncated"]) for page in pages]


@pytest.mark.parametrize("seed", range(6))
def test_listings_are_those_of_a_real_server(faults, bucket, seed):
    """With any prefix, delimiter and size of pages."""
    chance = random.Random(seed)
    faults.make_bucket(bucket.name)
    here, there = client(faults.endpoint, faults), client(bucket.server.endpoint, bucket.server)
    words = ["a", "b-", "b+c", "d e", "é", "%", "x=1", "~"]
    # The real one has files and directories: no name is both.
    keys = {"/".join(chance.choices(words, k=chance.randrange(1, 4))) + "/f" + chance.choice(words) for _ in range(30)}
    for key in keys:
        for each in (here, there):
            each.put_object(Bucket=bucket.name, Key=key, Body=key.encode())
    for _ in range(8):
        options = {"Prefix": chance.choice(["", "a", "b-/", "x=1/", "none"]), "MaxKeys": chance.choice([1, 2, 3, 7, 1000])}
        if chance.random() < 0.6:
            options["Delimiter"] = "/"
        pages = []
        for each in (here, there):
            size = {"PageSize": options["MaxKeys"]}
            arguments = {name: value for name, value in options.items() if name != "MaxKeys"}
            pages.append(shape(list(each.get_paginator("list_objects_v2").paginate(
                Bucket=bucket.name, PaginationConfig=size, **arguments))))
        flat = [[sum((page[part] for page in found), []) for part in (0, 1)] for found in pages]
        assert flat[0] == flat[1], options
        assert [page[2] for page in pages[0]] == [len(page[0]) + len(page[1]) for page in pages[0]]
