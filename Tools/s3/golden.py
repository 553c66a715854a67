"""Writes what botocore makes of S3 settings and requests, for the unit tests: golden.py DIRECTORY."""

from __future__ import annotations

import json
import pathlib
import sys

import endpoints
import logins
import profiles
import signatures


def main(directory: pathlib.Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        "endpoints": endpoints.cases(), "signatures": signatures.cases(), "login-proofs": logins.proofs(),
        "service-hosts": logins.hosts(), "profiles": profiles.cases(),
    }
    for name, cases in files.items():
        lines = ",\n".join(json.dumps(case) for case in cases)
        (directory / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
