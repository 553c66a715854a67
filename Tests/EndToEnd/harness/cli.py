"""Runs the real CloudQuery CLI with our source and the recording destination."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
from typing import Any

from harness import secrecy
from harness.recording import Recording

ROOT = pathlib.Path(__file__).resolve().parents[3]
HARNESS = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 300


def plugin_path() -> pathlib.Path:
    """The built plugin: what CQ_SOURCE_S3 names, else that of the debug build."""
    named = os.environ.get("CQ_SOURCE_S3")
    path = pathlib.Path(named) if named else ROOT / ".build/debug/cq-source-s3"
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"no plugin at {path}: build it, or name one in CQ_SOURCE_S3")
    return path.resolve()


def environment(access_key: str, secret_key: str, **changes: str | None) -> dict[str, str]:
    """What a plugin gets: these credentials and nothing else of AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CQ_"))}
    kept |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}
    return {name: value for name, value in (kept | changes).items() if value is not None}


@dataclasses.dataclass
class Run:
    """One run of the CLI."""

    command: str
    exit_code: int
    output: str
    log: list[dict[str, Any]]
    summary: dict[str, Any]
    recording: Recording
    work: pathlib.Path

    def lines(self, level: str) -> list[str]:
        """The log lines of one level, each as JSON text."""
        return [json.dumps(line, ensure_ascii=False) for line in self.log if line.get("level") == level]

    @property
    def warnings(self) -> list[str]:
        """What the source warned of."""
        return [line for line in self.lines("warn") if '"module": "cli"' not in line and "recorder" not in line]

    @property
    def everything(self) -> str:
        """All that the user sees or finds in the log."""
        return self.output + "\n".join(json.dumps(line, ensure_ascii=False) for line in self.log)

    @property
    def resources(self) -> int:
        found = re.search(r"Resources: (\d+)", self.output)
        assert found, self.output
        return int(found[1])

    def succeeded(self) -> "Run":
        """This run, after checking that it went well."""
        assert self.exit_code == 0, self.output + "\n".join(self.lines("error"))
        return self

    def failed(self) -> "Run":
        assert self.exit_code == 1, f"exit code {self.exit_code}\n{self.output}"
        return self


@dataclasses.dataclass
class CloudQuery:
    """The CLI for one test: its folder, the environment of its plugins."""

    work: pathlib.Path
    env: dict[str, str]
    registry: str = "local"
    path: str = ""
    # Another destination than the recording one: its executable and spec.
    destination_path: pathlib.Path = HARNESS / "record"
    destination_spec: dict[str, Any] | None = None

    def sync(self, spec: Any, **options: Any) -> Run:
        return self.run("sync", spec, **options)

    def run(
        self, command: str, spec: Any, *, tables: list[str] | None = None, skip_tables: list[str] | None = None,
        state: bool = False, destination: dict[str, Any] | None = None, source: dict[str, Any] | None = None,
        write_mode: str = "overwrite-delete-stale", arguments: tuple[str, ...] = (),
    ) -> Run:
        """Writes the configuration, runs one command, collects what it left."""
        self.work.mkdir(parents=True, exist_ok=True)
        recording = self.work / "recording"
        config = self.work / "config.yml"
        log = self.work / "cloudquery.log"
        summary = self.work / "summary.jsonl"
        log.unlink(missing_ok=True)
        summary.unlink(missing_ok=True)
        source_spec = {
            "name": "s3", "registry": self.registry, "path": self.path or str(plugin_path()),
            "tables": tables or ["*"], "destinations": ["recorder"], "spec": spec,
        }
        if skip_tables:
            source_spec["skip_tables"] = skip_tables
        if state:
            source_spec["backend_options"] = {"table_name": "cq_state_s3", "connection": "@@plugins.recorder.connection"}
        destination_spec = {
            "name": "recorder", "registry": "local", "path": str(self.destination_path),
            "write_mode": write_mode, "spec": (self.destination_spec or {"folder": str(recording)}) | (destination or {}),
        }
        documents = [
            {"kind": "source", "spec": source_spec | (source or {})},
            {"kind": "destination", "spec": destination_spec},
        ]
        # JSON is YAML.
        config.write_text("\n---\n".join(json.dumps(document, indent=1) for document in documents))

        line = [str(ROOT / "Tools/cloudquery"), command, str(config), "--log-file-name", str(log),
                "--log-format", "json", "--log-level", "trace", *arguments]
        if command == "sync":
            line += ["--summary-location", str(summary)]
        ended = subprocess.run(
            line, env=self.env | {"CQ_HOME": str(self.work / "home")}, cwd=self.work, timeout=TIMEOUT_SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        outputs = {"output": ended.stdout.encode(), "log": read(log), "summary": read(summary)}
        secrecy.check(outputs, self.env, spec)
        secrecy.check_files(recording, self.env, spec)
        # The frames of the progress line say nothing afterwards.
        output = "".join(
            line + "\n" for line in re.split(r"[\r\n]+", ended.stdout) if line.strip() and "Syncing resources" not in line)
        return Run(
            command, ended.returncode, output, read_log(log), read_summary(summary), Recording(recording), self.work)


def read(path: pathlib.Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def read_log(path: pathlib.Path) -> list[dict[str, Any]]:
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append({"level": "unreadable", "message": line})
    return found


def read_summary(path: pathlib.Path) -> dict[str, Any]:
    return json.loads(path.read_text().splitlines()[-1]) if path.exists() else {}
