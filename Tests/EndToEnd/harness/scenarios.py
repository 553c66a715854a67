"""The faults that reading from S3 meets, by number: what happens, and what a sync then does.

The tests of number N are the functions `test_N_…` of the `test_faults_*` modules.
"""

from __future__ import annotations

SCENARIOS = {
    1: ("503 SlowDown", "fewer requests at once, again after a growing delay, as long as the bucket makes progress"),
    2: ("500, 502, 504", "again"),
    3: ("an error, or half a document, with status 200", "as status 500"),
    4: ("a connection that ends before the answer", "again on a new one"),
    5: ("a reset in a body", "goes on at the byte where it broke; progress starts the count again"),
    6: ("a body shorter or longer than its length", "short: as 5; long: the connection is dropped, again"),
    7: ("no more bytes", "cancelled after 10 seconds, as 5"),
    8: ("bytes that trickle", "as 7, below 64 KiB/s; each time half as much is asked for, as the line may be slow"),
    9: ("206 with another Content-Range", "again; then the table fails with both ranges; another total: as 14"),
    10: ("200 for a range", "the range is cut out of it; far inside: once more, then objects are read in one go"),
    11: ("416", "as 14; an empty object is not asked for"),
    12: ("412; 304, which nothing asked for", "412: as 14; 304: an error"),
    13: ("301, 307, 400 for another region", "follows there, once and with one warning; credentials go nowhere else"),
    14: ("replaced in the middle", "the version is read to its end; without versions: read anew, or named where rows were sent"),
    15: ("deleted after the listing", "named and passed over"),
    16: ("a delete marker", "as 15, and says so"),
    17: ("no such bucket", "the sync fails at once"),
    18: ("403 for one object", "the table fails with action and request id, the others go on"),
    19: ("403 for the listing", "the sync fails with action and bucket"),
    20: ("archived", "named and passed over, at AWS without asking; on 403 too; restored ones are read"),
    21: ("SSE-C", "read with the key, else named and passed over"),
    22: ("KMS denies or throttles", "denied: as 18; throttled: as 1"),
    23: ("requester pays", "the spec says so to the bucket; else the sync fails with a hint"),
    24: ("tokens that end in the middle", "fetched anew and gone on with"),
    25: ("a wrong clock", "corrected by the server's, with one warning"),
    26: ("keys that are hard to write", "read, byte by byte"),
    27: ("XML made to harm", "refused"),
    28: ("pages without end, or without keys", "an error; empty pages are gone past"),
    29: ("keys out of order or twice", "each once, the newest content"),
    30: ("markers and files of other tools", "not asked for"),
    31: ("no Parquet", "named and passed over, and not asked for again until it changes"),
    32: ("times that are equal, or earlier than those seen", "no object is lost"),
    33: ("an earlier content put back", "read again"),
    34: ("proxies on the way", "what they answer is no answer; nothing follows them elsewhere"),
}
