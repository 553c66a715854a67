"""What the fault server keeps: buckets, objects, versions; and how S3 lists them."""

from __future__ import annotations

import base64
import bisect
import dataclasses
import datetime
import functools
import hashlib
import itertools
import os
import time
import urllib.parse
import zlib
from typing import Callable, Iterable
from xml.sax.saxutils import escape

from harness.sigv4 import Refusal

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")


class Content:
    """Bytes that many keys may share."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @functools.cached_property
    def tag(self) -> str:
        return f'"{hashlib.md5(self.raw).hexdigest()}"'

    @functools.cached_property
    def crc32(self) -> str:
        return base64.b64encode(zlib.crc32(self.raw).to_bytes(4, "big")).decode()

    @functools.cached_property
    def file(self):
        """The bytes as a file in memory, for the kernel to send from."""
        file = os.fdopen(os.memfd_create("object"), "r+b")
        file.write(self.raw)
        file.flush()
        return file


@dataclasses.dataclass
class Version:
    """A content of a key, or the mark that it was deleted."""

    key: bytes
    content: Content
    id: str = "null"
    last_modified: float = 0
    is_delete_marker: bool = False
    storage_class: str = "STANDARD"
    # An archived object that is for the time being readable.
    is_restored: bool = False
    # MD5 of the customer's key, in base64, with which it is encrypted.
    customer_key_digest: str | None = None
    # Whether the object was uploaded with a CRC-32, as by the AWS SDKs.
    has_checksum: bool = False

    @property
    def is_archived(self) -> bool:
        return self.storage_class in ARCHIVES and not self.is_restored


class StoredBucket:
    """One bucket; `put` and `delete` are what other clients do to it."""

    def __init__(self, name: str, region: str) -> None:
        self.name, self.region = name, region
        self.is_versioned = False
        # Anyone may read.
        self.is_public = False
        # Who reads pays, and has to say so.
        self.requester_pays = False
        # Changes what listings hold, in place of every version that is the latest of its key.
        self.listed: Callable[[Iterable[Version]], Iterable[Version]] = lambda versions: versions
        # How requests that are signed for another region are answered: as by S3's regional hosts or by others.
        self.misdirected = "AuthorizationHeaderMalformed"
        # Whether the server does as encoding-type says.
        self.encodes = True
        # Pages hold no more keys than this, whatever is asked for.
        self.page_limit = 1_000
        self.versions: dict[bytes, list[Version]] = {}
        self.keys: list[bytes] = []

    def put(self, key: str | bytes, content: bytes | Content, **properties) -> Version:
        """Writes an object; `properties` are those of `Version`."""
        name = key.encode() if isinstance(key, str) else key
        version = Version(name, content if isinstance(content, Content) else Content(content),
                          **{"last_modified": time.time()} | properties)
        self.add(version)
        return version

    def delete(self, key: str | bytes) -> None:
        name = key.encode() if isinstance(key, str) else key
        if self.is_versioned:
            self.add(Version(name, Content(b""), last_modified=time.time(), is_delete_marker=True))
        elif self.versions.pop(name, None):
            self.keys.remove(name)

    def restore_version(self, key: str, version: Version) -> None:
        """Makes an earlier content the present one, with its time, as replication and restores do."""
        self.versions[key.encode()] = [version]

    def add(self, version: Version) -> None:
        known = self.versions.get(version.key)
        if known is None:
            bisect.insort(self.keys, version.key)
        if self.is_versioned:
            version.id = f"v{len(known or []) + 1}.{os.urandom(6).hex()}"
            self.versions[version.key] = (known or []) + [version]
        else:
            self.versions[version.key] = [version]

    def find(self, key: bytes, version_id: str | None) -> Version:
        versions = self.versions.get(key, [])
        if version_id is not None:
            found = next((version for version in versions if version.id == version_id), None)
            if found is None:
                raise Refusal(404, "NoSuchVersion", "The specified version does not exist.")
            if found.is_delete_marker:
                raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
                              {"x-amz-delete-marker": "true", "Allow": "DELETE", "x-amz-version-id": found.id})
            return found
        if not versions or versions[-1].is_delete_marker:
            marker = {"x-amz-delete-marker": "true", "x-amz-version-id": versions[-1].id} if versions else {}
            raise Refusal(404, "NoSuchKey", "The specified key does not exist.", marker, Key=key.decode("utf-8", "replace"))
        return versions[-1]

    def latest(self, prefix: bytes, after: bytes) -> Iterable[Version]:
        """The present objects in the order of their keys, from those past `after`."""
        start = max(bisect.bisect_right(self.keys, after), bisect.bisect_left(self.keys, prefix))
        following = (self.keys[index] for index in range(start, len(self.keys)))
        keys = itertools.takewhile(lambda key: key.startswith(prefix), following)
        present = (self.versions[key][-1] for key in keys)
        return self.listed(version for version in present if not version.is_delete_marker)


@dataclasses.dataclass
class ListQuery:
    """The parameters of ListObjectsV2."""

    prefix: bytes = b""
    delimiter: bytes = b""
    start_after: bytes = b""
    token: str | None = None
    max_keys: int = 1_000
    is_encoded: bool = False
    wants_restore_status: bool = False
    fetches_owner: bool = False

    @classmethod
    def parse(cls, fields: dict[str, bytes], headers: dict[str, str]) -> "ListQuery":
        def text(name: str) -> str | None:
            return fields[name].decode("utf-8", "replace") if name in fields else None

        encoding = text("encoding-type")
        if encoding not in (None, "url"):
            raise Refusal(400, "InvalidArgument", "Invalid Encoding Method specified in Request")
        count = text("max-keys") or "1000"
        if not count.isdecimal() or int(count) > 2**31 - 1:
            raise Refusal(400, "InvalidArgument", "Provided max-keys not an integer or within integer range")
        return cls(
            fields.get("prefix", b""), fields.get("delimiter", b""), fields.get("start-after", b""),
            text("continuation-token"), int(count), encoding == "url",
            "RestoreStatus" in headers.get("x-amz-optional-object-attributes", ""), text("fetch-owner") == "true")

    def written(self, raw: bytes) -> str:
        """A key as the page has it; with no encoding, characters that XML has no place for are references to them."""
        if self.is_encoded:
            return urllib.parse.quote_plus(raw, safe="/*").replace("~", "%7E")
        text = escape(raw.decode("utf-8", "replace"), {'"': "&quot;", "'": "&apos;"})
        return "".join(f"&#x{ord(letter):x};" if ord(letter) < 32 else letter for letter in text)


def token_of(after: bytes) -> str:
    return base64.urlsafe_b64encode(b"1" + after).decode()


def place_of(token: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(token)
    except ValueError:
        raw = b""
    if not raw.startswith(b"1"):
        raise Refusal(400, "InvalidArgument", "The continuation token provided is incorrect")
    return raw[1:]


def list_page(bucket: StoredBucket, query: ListQuery) -> bytes:
    """The page as a document. Spec: S3 API, ListObjectsV2."""
    query.is_encoded &= bucket.encodes
    after = place_of(query.token) if query.token is not None else query.start_after
    limit = min(query.max_keys, bucket.page_limit)
    entries: list[str] = []
    rolled_up, is_truncated, last = b"", False, after
    for version in bucket.latest(query.prefix, after):
        if rolled_up and version.key.startswith(rolled_up):
            last = version.key
            continue
        if len(entries) == limit:
            is_truncated = limit > 0
            break
        cut = version.key.find(query.delimiter, len(query.prefix)) if query.delimiter else -1
        if cut >= 0:
            rolled_up = version.key[:cut + len(query.delimiter)]
            if after.startswith(rolled_up):
                continue
            entries.append(f"<CommonPrefixes><Prefix>{query.written(rolled_up)}</Prefix></CommonPrefixes>")
        else:
            entries.append(contents(version, query))
        last = version.key
    shown = {
        "Name": escape(bucket.name), "Prefix": query.written(query.prefix), "MaxKeys": str(query.max_keys),
        "Delimiter": query.written(query.delimiter) if query.delimiter else None,
        "EncodingType": "url" if query.is_encoded else None, "KeyCount": str(len(entries)),
        "StartAfter": query.written(query.start_after) if query.start_after else None,
        "ContinuationToken": query.token, "IsTruncated": str(is_truncated).lower(),
        "NextContinuationToken": token_of(last) if is_truncated else None,
    }
    head = "".join(f"<{name}>{value}</{name}>" for name, value in shown.items() if value is not None)
    # CommonPrefixes come after Contents, whatever their order among the keys.
    body = "".join(sorted(entries, key=lambda entry: entry.startswith("<CommonPrefixes>")))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"{head}{body}</ListBucketResult>").encode()


def contents(version: Version, query: ListQuery) -> str:
    owner = "<Owner><ID>owner</ID></Owner>" if query.fetches_owner else ""
    restored = ("<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>"
                "<RestoreExpiryDate>2126-01-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>"
                if query.wants_restore_status and version.is_restored else "")
    return (f"<Contents><Key>{query.written(version.key)}</Key><LastModified>{iso_time(version.last_modified)}</LastModified>"
            f"<ETag>{escape(version.content.tag, {chr(34): '&quot;'})}</ETag><Size>{len(version.content.raw)}</Size>{owner}"
            f"<StorageClass>{version.storage_class}</StorageClass>{restored}</Contents>")


def iso_time(seconds: float) -> str:
    """S3 keeps whole seconds."""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
