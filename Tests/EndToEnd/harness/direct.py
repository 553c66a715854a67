"""Syncs without the CLI: the plugin's messages go to the recording destination as the CLI passes them on.

For the many small syncs of which the CLI would take most of the time. A run looks as one of the CLI does.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
from typing import Any

import grpc
from cloudquery.plugin_v3 import plugin_pb2 as pb
from plugin_server import start

from harness import secrecy
from harness.cli import Run, read_log
from harness.plugin_process import PluginProcess
from harness.recording import Recording
from harness.recording_destination import RecordingDestination

counter = itertools.count(1)
STATE_TABLE = "cq_state_s3"


class Direct:
    """What `CloudQuery` is with the CLI: the folder of one test, the environment of its plugins."""

    def __init__(self, work: pathlib.Path, env: dict[str, str]) -> None:
        self.work, self.env = work, env
        self.recorder = RecordingDestination()

    def sync(self, spec: dict[str, Any], state: bool = False) -> Run:
        number = next(counter)
        folder = self.work / "recording"
        self.recorder.open({"folder": str(folder)}, f"direct-{number}")
        self.recorder.opened = True
        failure, errors = "", []
        plugin = PluginProcess(self.work / f"plugin-{number}", self.env)
        try:
            with self.backend(number) if state else contextlib.nullcontext() as backend:
                plugin.init(spec)
                options = {"backend": backend} if backend else {}
                self.pass_on(plugin.sync(withErrorMessages=True, **options), errors)
        except grpc.RpcError as error:
            failure = f"{error.code().name}: {error.details()}"
        finally:
            plugin.stop()
        secrecy.check({"errors": "\n".join([failure, *errors]).encode()}, self.env, spec)
        secrecy.check_files(folder, self.env, spec)
        log = read_log(plugin.output) + [{"level": "error", "message": error} for error in errors]
        recording = Recording(folder)
        output = "\n".join([failure, *errors, f"Resources: {recording.row_count()}, Warnings and errors: {len(log)}"])
        return Run("sync", 1 if failure else 0, output, log, {}, recording, self.work)

    def pass_on(self, messages, errors: list[str]) -> None:
        """Writes what a destination gets, as one stream."""
        def requests():
            for message in messages:
                kind = message.WhichOneof("message")
                if kind == "migrate_table":
                    yield pb.Write.Request(migrate_table={"table": message.migrate_table.table})
                elif kind == "insert":
                    yield pb.Write.Request(insert={"record": message.insert.record})
                elif kind == "error":
                    errors.append(f"{message.error.table_name}: {message.error.error}")
                else:
                    raise AssertionError(f"a source sends no {kind}")
        self.recorder.write(requests())

    @contextlib.contextmanager
    def backend(self, number: int):
        """The recorder as the place of the state."""
        address = f"unix:///tmp/cq-state-{os.getpid()}-{number}.sock"
        server = start(self.recorder, address)
        try:
            yield {"table_name": STATE_TABLE, "connection": address}
        finally:
            server.stop(0.2).wait()
