"""The endpoint rule set of AWS, asked for every combination of its settings.

The settings are named by letters: accelerate, dualstack, fips, path style.
"""

from __future__ import annotations

import itertools
import random

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

REGIONS = [
    "us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1",
    "us-isof-south-1", "eusc-de-east-1", "xx-nowhere-9", "auto", "not a region", "a.b",
]
SERVERS = [
    None, "http://127.0.0.1:9000", "https://[::1]:9000", "https://s3.example.com", "http://s3.example.com:8080",
    "https://s3.example.com/base/path",
]
BUCKETS = [
    "bucket", "bucket-with-hyphens", "dotted.name", "a.b.c", "Upper", "under_score", "ab", "-a-", "a" * 63, "a" * 64, "192.168.1.1",
    "99x.1.1", "a..b", "points-abcdefghij-s3alias",
    "zoned--use1-az1--x-s3", "zoned--usw2-lax1-az1--x-s3", "zoned--apne1-az4--x-s3", "zoned--x-s3", "Zoned--use1-az1--x-s3",
    "dotted.zoned--use1-az1--x-s3", "point--use1-az1--xa-s3",
    "test-accessp-e0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
]
ARNS = [
    "arn:aws:s3:us-east-1:123456789012:accesspoint/point",
    "arn:aws:s3:us-east-1:123456789012:accesspoint:point",
    "arn:aws:s3:eu-west-1:123456789012:accesspoint/point",
    "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/point",
    "arn:aws-us-gov:s3:us-gov-west-1:123456789012:accesspoint/point",
    "arn:aws-iso:s3:us-iso-east-1:123456789012:accesspoint/point",
    "arn:aws:s3:us-east-1:123456789012:accesspoint/point/more",
    "arn:aws:s3:us-east-1:123456789012:accesspoint/",
    "arn:aws:s3:us-east-1:123456789012:accesspoint/po_int",
    "arn:aws:s3:us-east-1:123456789012:accesspoint/po.int",
    "arn:aws:s3:us-east-1::accesspoint/point",
    "arn:aws:s3:us-east-1:12_34:accesspoint/point",
    "arn:aws:s3:us_east:123456789012:accesspoint/point",
    "arn:aws:s3:us-east-1:123456789012:bucket_name:point",
    "arn:aws:s3:us-east-1:123456789012:",
    "arn:aws:s3:::bucket",
    "arn:aws:sqs:us-east-1:123456789012:accesspoint/point",
    "arn:aws:s3::123456789012:accesspoint/x.mrap",
    "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/point",
    "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-01234567890123456/accesspoint/point",
    "arn:", "arn:aws:s3", "arn::s3:us-east-1:123456789012:accesspoint/point",
]


def provider() -> EndpointProvider:
    loader = botocore.session.get_session().get_component("data_loader")
    rules = loader.load_service_model("s3", "endpoint-rule-set-1", api_version="2006-03-01")
    return EndpointProvider(rules, loader.load_data("partitions"))


def names() -> list[str]:
    """Names of every kind of character that a bucket's name might have, and of every length."""
    source = random.Random(5)
    letters = "abcxyz019" * 3 + "-." * 2 + "A_"
    lengths = [1, 2, 3, 4, 8, 20, 62, 63, 64]
    return ["".join(source.choices(letters, k=source.choice(lengths))) for _ in range(60)]


def cases():
    resolver = provider()
    flags = ["".join(one) for length in range(5) for one in itertools.combinations("adfp", length)]
    combinations = itertools.chain(
        itertools.product(BUCKETS + ARNS, REGIONS, SERVERS), itertools.product(names(), ["us-east-1"], SERVERS[:4]))
    for bucket, region, server in combinations:
        # The rules are the same for every region and server but for names: a few of their pairs show all.
        if server is not None and region not in ("us-east-1", "eu-west-1", "cn-north-1"):
            continue
        found = {chosen: resolve(resolver, bucket, region, server, chosen) for chosen in flags}
        yield {
            "bucket": bucket, "region": region, "endpoint": server,
            "found": {chosen: answer for chosen, answer in found.items() if answer}}


def resolve(resolver, bucket, region, server, chosen):
    """The address and how requests to it are signed; None where the rules refuse, whatever their words."""
    parameters = {
        "Bucket": bucket, "Region": region, "Accelerate": "a" in chosen, "UseDualStack": "d" in chosen,
        "UseFIPS": "f" in chosen, "ForcePathStyle": "p" in chosen,
    }
    if server is not None:
        parameters["Endpoint"] = server
    try:
        found = resolver.resolve_endpoint(**parameters)
    except EndpointProviderError:
        return None
    schemes = found.properties["authSchemes"]
    if any(scheme["name"] == "sigv4a" for scheme in schemes):
        return f"{found.url} sigv4a"
    return f"{found.url} {schemes[0]['signingName']} {schemes[0]['signingRegion']}"
