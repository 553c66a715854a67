"""The S3 server of the tests: a bucket per test, uploads, deletions."""

from __future__ import annotations

import concurrent.futures
import io
import os
import pathlib
import urllib.parse
from typing import Iterable

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.config import Config

REGION = "us-east-1"


class Server:
    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        parts = urllib.parse.urlsplit(endpoint)
        self.host, self.port = parts.hostname, parts.port
        self.access_key = os.environ.get("AWS_ACCESS_KEY_ID", "testaccess")
        self.secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY", "testsecret123")
        self.client = boto3.client(
            "s3", endpoint_url=endpoint, region_name=REGION, aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(s3={"addressing_style": "path"}, max_pool_connections=16, retries={"max_attempts": 5}))

    def make_bucket(self, name: str) -> "Bucket":
        self.client.create_bucket(Bucket=name)
        return Bucket(self, name)


class Bucket:
    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    def put(self, key: str, content: bytes | pathlib.Path) -> None:
        body = content.read_bytes() if isinstance(content, pathlib.Path) else content
        self.server.client.put_object(Bucket=self.name, Key=key, Body=body)

    def put_table(self, key: str, table: pa.Table, **options) -> None:
        self.put(key, parquet_bytes(table, **options))

    def put_many(self, objects: Iterable[tuple[str, bytes]]) -> None:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda item: self.put(*item), objects))

    def delete(self, key: str) -> None:
        self.server.client.delete_object(Bucket=self.name, Key=key)

    def spec(self, **changes) -> dict:
        """The source's spec for this bucket."""
        spec = {"bucket": self.name, "region": REGION, "endpoint": self.server.endpoint, "path_style": True}
        return {name: value for name, value in (spec | changes).items() if value is not None}


def parquet_bytes(table: pa.Table, **options) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()
