"""The pyarrow side of Tools/check-ipc.

    peer.py write DIRECTORY SEED    streams for our reader, and what they hold
    peer.py read DIRECTORY          reads the streams that our writer left, compares with what it says they hold
"""

from __future__ import annotations

import json
import pathlib
import sys

import canonical
import random_tables

RANDOM_COUNT = 150


def write(directory: pathlib.Path, seed: int) -> int:
    count = 0
    for name, data in random_tables.cases(seed, RANDOM_COUNT):
        (directory / f"{name}.arrows").write_bytes(data)
        (directory / f"{name}.json").write_text(canonical.dump(canonical.stream(data)) + "\n")
        count += 1
    print(f"pyarrow wrote {count} streams (seed {seed})")
    return 0


def read(directory: pathlib.Path) -> int:
    files = sorted(directory.glob("*.arrows"))
    wrong = 0
    for file in files:
        try:
            found = canonical.stream(file.read_bytes())
        except Exception as error:
            print(f"{file}: pyarrow says {type(error).__name__}: {error}")
            wrong += 1
            continue
        if found != json.loads(file.with_suffix(".json").read_text()):
            print(f"{file}: pyarrow reads other values than were written")
            wrong += 1
    print(f"pyarrow read {len(files)} of our streams, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    action, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    sys.exit(write(directory, int(sys.argv[3])) if action == "write" else read(directory))
