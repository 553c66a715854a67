"""How many requests a sync makes where nothing goes wrong: the one place that knows the plan of requests."""

from __future__ import annotations

MEBIBYTE = 1 << 20
# Objects up to this size are one request.
WHOLE_BYTES = 8 * MEBIBYTE

# Where the read of the first row group begins: after the file's first word.
FIRST_BYTE = 4


def gets(byte_count: int, row_groups: int) -> int:
    """GETs for one of a few objects whose row groups fit in memory, of 16 MiB at most: its end, then the row groups."""
    return 1 if byte_count <= WHOLE_BYTES else 1 + row_groups


def lists(key_count: int) -> int:
    """Pages of a listing that is not split by directories."""
    return max(1, -(-key_count // 1_000))


def hedges(request_count: int) -> int:
    """Most requests that are sent twice because they are late."""
    return request_count // 50
