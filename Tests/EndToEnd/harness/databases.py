"""Databases that tests sync into: a PostgreSQL server of our own, DuckDB files."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import tempfile
from typing import Any

import duckdb
import psycopg

from harness.cli import ROOT

DESTINATIONS = ROOT / "Tools/destination"


class PostgreSQLServer:
    """A server on a unix socket in a folder of its own; nothing listens on a port."""

    def __init__(self) -> None:
        bin_folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        found = shutil.which("postgres")
        self.programs = pathlib.Path(found).parent if found else bin_folders[-1]
        # A socket's path must be short, and the server does not run as root.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cq-pg-"))
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.run("initdb", "--pgdata", str(self.folder / "data"), "--username", "cloudquery", "--auth", "trust",
                 "--no-sync", "--encoding", "UTF8", "--locale", "C")
        self.run("pg_ctl", "start", "--wait", "--pgdata", str(self.folder / "data"), "--log", str(self.folder / "log"),
                 "--options", f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off")

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run([self.programs / program, *arguments], check=True, user=self.user, cwd=self.folder,
                       stdout=subprocess.DEVNULL)

    def connection_string(self, database: str) -> str:
        return f"host={self.folder} user=cloudquery dbname={database}"

    def make_database(self, name: str) -> "PostgreSQL":
        with psycopg.connect(self.connection_string("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return PostgreSQL(self.connection_string(name))

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--mode", "fast", "--pgdata", str(self.folder / "data"))
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgreSQL:
    path = DESTINATIONS / "postgresql-destination"

    def __init__(self, connection_string: str) -> None:
        self.spec = {"connection_string": connection_string}

    def query(self, statement: str, *parameters: Any) -> list[tuple]:
        with psycopg.connect(self.spec["connection_string"], autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s"), parameters)
            return cursor.fetchall() if cursor.description else []


class DuckDB:
    path = DESTINATIONS / "duckdb-destination"

    def __init__(self, file: pathlib.Path) -> None:
        self.spec = {"path": str(file)}

    def query(self, statement: str, *parameters: Any) -> list[tuple]:
        with duckdb.connect(self.spec["path"]) as connection:
            return connection.execute(statement, parameters).fetchall()
