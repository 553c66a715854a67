"""One S3 server for the whole run; a bucket, a folder and a CLI per test."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "Tools/destination")]

from harness.cli import ROOT, CloudQuery, environment  # noqa: E402
from harness.direct import Direct  # noqa: E402
from harness.fault_proxy import FaultProxy  # noqa: E402
from harness.fault_server import FaultServer  # noqa: E402
from harness.faults import Certificate  # noqa: E402
from harness.plugin_process import PluginProcess  # noqa: E402
from harness.s3 import Bucket, Server  # noqa: E402
from harness.tunnels import Tunnels  # noqa: E402
from harness.world import AWS_REGION, World  # noqa: E402

counter = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that S3_TEST_ENDPOINT names, else one of our own."""
    named = os.environ.get("S3_TEST_ENDPOINT")
    if named:
        yield Server(named)
        return
    started = subprocess.run(
        [str(ROOT / "Tools/s3-server"), str(tmp_path_factory.mktemp("s3"))],
        check=True, stdout=subprocess.PIPE, text=True)
    pid, port = started.stdout.split()
    yield Server(f"http://127.0.0.1:{port}")
    os.kill(int(pid), signal.SIGTERM)


def new_bucket(server: Server, name: str) -> Bucket:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:40].strip("-")
    return server.make_bucket(f"t{os.getpid()}-{next(counter)}-{slug}")


@pytest.fixture(scope="session")
def make_bucket(server):
    return lambda name: new_bucket(server, name)


@pytest.fixture
def bucket(server, request):
    return new_bucket(server, request.node.name)


@pytest.fixture(scope="session")
def credentials(server):
    return environment(server.access_key, server.secret_key)


@pytest.fixture
def cloudquery(tmp_path, credentials):
    return CloudQuery(tmp_path, credentials)


@pytest.fixture
def proxy(server):
    """A fault proxy in front of the server."""
    running = FaultProxy(server.host, server.port)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def faults():
    """An S3 server that does as its rules say."""
    running = FaultServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def direct(tmp_path, credentials):
    return Direct(tmp_path, credentials)


@pytest.fixture
def world(faults, direct):
    """The bucket of the fault scenarios on the fault server."""
    return World(faults, faults.make_bucket("scenario"), direct)


@pytest.fixture(params=["fault server", "proxy"])
def either(request):
    """The same bucket, and again on a real server behind the fault proxy, with the CLI: so the shorter way is held to the
    real one."""
    if request.param == "proxy":
        return World(*map(request.getfixturevalue, ("proxy", "bucket", "cloudquery")))
    return request.getfixturevalue("world")


@pytest.fixture
def aws(tmp_path, credentials):
    """The scenario's bucket behind the names of AWS's hosts, and the proxy that has them."""
    server = FaultServer(certificate=Certificate(
        tmp_path, f"DNS:*.s3.{AWS_REGION}.amazonaws.com,DNS:*.s3.us-east-1.amazonaws.com"))
    hosts = Tunnels(server)
    server.start()
    hosts.start()
    variables = credentials | {
        "HTTPS_PROXY": f"http://127.0.0.1:{hosts.port}", "AWS_CA_BUNDLE": str(server.certificate.path), "NO_PROXY": ""}
    bucket = server.make_bucket("scenario", AWS_REGION)
    yield World(server, bucket, Direct(tmp_path / "cli", variables), endpoint=None, path_style=None), hosts
    hosts.stop()
    server.stop()


@pytest.fixture
def plugin(tmp_path, credentials):
    """The plugin, listening on a unix socket."""
    running = PluginProcess(tmp_path, credentials)
    yield running
    running.stop()
