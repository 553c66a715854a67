"""Random requests and what botocore signs them with: keys, queries and headers of every kind of character."""

from __future__ import annotations

import datetime
import random
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode

CHARACTERS = (
    [chr(code) for code in range(0x20, 0x7F)] * 2 + list("//..%%++  ~~") * 4 + ["\t", "\n", "\x01", "\x7f"]
    + ["é", "e\u0301", "ß", "Ω", "日", "本", "😀", "\u200b", "\ufeff", "ﬁ"])
WORDS = ["", ".", "..", "a", "a b", "a+b", "a%20b", "key", "Key", "k10", "k2", "data/2024", "x=y", "x&y", "ü"]


def text(source: random.Random, most: int) -> str:
    if source.random() < 0.3:
        return "/".join(source.choice(WORDS) for _ in range(source.randint(1, 4)))
    return "".join(source.choice(CHARACTERS) for _ in range(source.randint(0, most)))


def headers(source: random.Random):
    """Headers as they are sent; botocore folds the white space in them."""
    names = ["Range", "If-Match", "x-amz-request-payer", "X-Amz-Meta-B", "x-amz-meta-a", "X-AMZ-Meta-c", "User-Agent"]
    for name in source.sample(names, source.randint(0, 4)):
        words = ["".join(source.choice("aZ09-_.:;,=\"'/") for _ in range(source.randint(1, 6))) for _ in range(3)]
        yield name, source.choice([" ", "  ", " \t ", ","]).join(words[: source.randint(1, 3)])


def query(source: random.Random):
    """Parameters, of which some have no value, and some one name."""
    names = [text(source, 8) or "q" for _ in range(3)]
    for _ in range(source.randint(0, 6)):
        name = source.choice(names) if source.random() < 0.4 else text(source, 8) or "q"
        yield name, None if source.random() < 0.15 else text(source, 12)


def encoded(name: str, value: str | None) -> str:
    encoded = percent_encode(name, safe="-_.~")
    return encoded if value is None else encoded + "=" + percent_encode(value, safe="-_.~")


def credentials(source: random.Random, needs_token: bool) -> Credentials:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    secret = "".join(source.choice(letters) for _ in range(source.choice([1, 20, 40, 60, 61, 100])))
    token = "".join(source.choice(letters) for _ in range(source.choice([1, 50, 400])))
    return Credentials("AKID" + secret[:8], secret, token if needs_token or source.random() < 0.5 else None)


class ExpressAuth(botocore.auth.S3ExpressAuth):
    def __init__(self, keys, service, region):
        super().__init__(keys, service, region, identity_cache=None)


def cases():
    source = random.Random(4)
    kinds = [
        ("s3", botocore.auth.S3SigV4Auth), ("s3express", ExpressAuth), ("sts", botocore.auth.SigV4Auth),
        ("s3-presigned", botocore.auth.S3SigV4QueryAuth),
    ]
    for index in range(1_000):
        kind, signer = kinds[index % len(kinds)]
        keys = credentials(source, needs_token=kind == "s3express")
        time = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=source.randrange(60 * 365 * 86_400))
        region = source.choice(["us-east-1", "eu-central-1", "auto", "cn-north-1"])
        host = source.choice(["bucket.s3.eu-central-1.amazonaws.com", "127.0.0.1:9000", "[::1]:9000", "h.example:8443"])
        key = text(source, 40)
        path = "/" + percent_encode(key, safe="/~")
        parameters = list(query(source))
        if kind == "s3-presigned":
            # botocore keeps one parameter of a name here, with a value.
            parameters = [(name, value or "") for name, value in dict(parameters).items()]
        sent = list(headers(source))
        if source.random() < 0.2:
            sent += [("x-amz-meta-a", source.choice(["1", " 2 ", "a  b"])), ("X-Amz-Meta-A", "again")]
        target = path + "?" * bool(parameters) + "&".join(encoded(*parameter) for parameter in parameters)
        method = source.choice(["GET", "HEAD"]) if kind != "sts" or index % 8 < 4 else "POST"
        body = text(source, 200) if method == "POST" else ""
        request = AWSRequest(method, f"https://{host}{target}", headers={"Host": host}, data=body.encode())
        for name, value in sent:
            request.headers.add_header(name, value)
        service = "s3" if kind == "s3-presigned" else kind
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: time):
            signer(keys, service, region).add_auth(request)
        case = {
            "kind": kind, "method": method, "host": host, "key": key, "query": parameters, "headers": sent,
            "body": body, "region": region, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "access_key": keys.access_key,
            "secret": keys.secret_key, "token": keys.token,
        }
        signed = request.headers.get("Authorization") or request.url.split("?", 1)[1]
        yield case | {"signature": signed.split("Signature=")[1][:64]}
