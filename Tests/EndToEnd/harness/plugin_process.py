"""The plugin as a process of its own, spoken to over gRPC without the CLI."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
from typing import Any, Iterator

import grpc
from cloudquery.discovery_v1 import discovery_pb2, discovery_pb2_grpc
from cloudquery.plugin_v3 import plugin_pb2 as pb
from cloudquery.plugin_v3 import plugin_pb2_grpc

from harness import secrecy
from harness.cli import plugin_path

MESSAGE_LIMIT = 200 * 1024 * 1024


class PluginProcess:
    def __init__(
        self, work: pathlib.Path, env: dict[str, str], network: str = "unix", address: str | None = None,
        log_level: str = "trace",
    ) -> None:
        self.network, self.env = network, env
        self.specs: list[Any] = []
        # A socket's path must be short.
        self.address = address or f"/tmp/cq-test-{os.getpid()}-{time.monotonic_ns()}.sock"
        self.output = work / "plugin.out"
        work.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [str(plugin_path()), "serve", "--network", network, "--address", self.address,
                 "--log-format", "json", "--log-level", log_level],
                env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        self.wait_until_listening()
        self.seconds_to_listen = time.monotonic() - started
        self.channel = grpc.insecure_channel(
            self.target,
            options=[("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.default_authority", "localhost")])
        self.stub = plugin_pb2_grpc.PluginStub(self.channel)

    @property
    def target(self) -> str:
        """The address as gRPC clients and the CLI's `registry: grpc` write it."""
        return f"unix://{self.address}" if self.network == "unix" else self.address

    def wait_until_listening(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the plugin ended at once: {self.output.read_text()}"
            if self.network == "unix":
                probe, where = socket.socket(socket.AF_UNIX), self.address
            else:
                host, port = self.address.rsplit(":", 1)
                probe, where = socket.socket(), (host.strip("[]"), int(port))
            with probe:
                try:
                    probe.connect(where)
                    return
                except OSError:
                    time.sleep(0.002)
        raise AssertionError(f"not listening on {self.address}: {self.output.read_text()}")

    def versions(self) -> list[int]:
        stub = discovery_pb2_grpc.DiscoveryStub(self.channel)
        return list(stub.GetVersions(discovery_pb2.GetVersions.Request()).versions)

    def init(self, spec: Any, no_connection: bool = False) -> None:
        raw = spec if isinstance(spec, bytes) else json.dumps(spec).encode()
        self.specs.append(spec)
        self.stub.Init(pb.Init.Request(spec=raw, no_connection=no_connection, invocation_id="test"), timeout=60)

    def init_error(self, spec: Any) -> grpc.RpcError:
        """The error of an Init that must fail."""
        try:
            self.init(spec)
        except grpc.RpcError as error:
            return error
        raise AssertionError(f"accepted: {spec}")

    def tables(self, tables: list[str] | None = None, skip_tables: list[str] | None = None) -> list[bytes]:
        request = pb.GetTables.Request(tables=tables or ["*"], skip_tables=skip_tables or [])
        return list(self.stub.GetTables(request, timeout=60).tables)

    def sync(self, tables: list[str] | None = None, timeout: float = 300, **options: Any) -> Iterator[pb.Sync.Response]:
        return self.stub.Sync(pb.Sync.Request(tables=tables or ["*"], **options), timeout=timeout)

    def peak_memory_bytes(self) -> int:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def cpu_seconds(self) -> float:
        # After the name, which may have spaces: field 14 of the whole is user time, 15 that of the kernel.
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, number: int = signal.SIGTERM, seconds: float = 5) -> int:
        """Sends the signal and gives the exit code, after a look for secrets in the output."""
        self.channel.close()
        try:
            return self.wait_for_end(number, seconds)
        finally:
            for spec in self.specs or [None]:
                secrecy.check({"output": self.output.read_bytes()}, self.env, spec)

    def wait_for_end(self, number: int, seconds: float) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running {seconds} s after signal {number}") from None
