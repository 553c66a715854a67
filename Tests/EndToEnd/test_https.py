"""The same sync over TLS."""

import pyarrow as pa
import pytest
from harness.cli import CloudQuery
from harness.digests import differences
from harness.direct import Direct
from harness.fault_proxy import FaultProxy
from harness.fault_server import FaultServer
from harness.faults import Certificate
from harness.tunnels import Tunnels

# A name that no DNS knows: only a proxy that is told to gets there.
NAME = "s3.test"
TABLE = pa.table({"n": pa.array(range(1000))})


@pytest.fixture
def tls(tmp_path, server):
    running = FaultProxy(server.host, server.port, certificate=Certificate(tmp_path, f"IP:127.0.0.1,DNS:{NAME}"))
    running.start()
    yield running
    running.stop()


def test_a_server_whose_certificate_is_trusted_is_read(bucket, tmp_path, credentials, tls):
    bucket.put_table("t/a.parquet", TABLE)
    cloudquery = CloudQuery(tmp_path, credentials | {"AWS_CA_BUNDLE": str(tls.certificate.path)})
    run = cloudquery.sync(bucket.spec(endpoint=tls.endpoint)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert tls.requests


def test_a_server_whose_certificate_is_not_trusted_is_refused(bucket, cloudquery, tls):
    bucket.put_table("t/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(endpoint=tls.endpoint))
    assert run.exit_code == 1
    assert "certificate" in run.output


def test_certificates_for_the_endpoint_alone(bucket, cloudquery, tls):
    bucket.put_table("t/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(endpoint=tls.endpoint, endpoint_ca_file=str(tls.certificate.path))).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)


def test_a_proxy_of_the_environment_is_used_unless_the_name_is_excepted(bucket, tmp_path, credentials, tls):
    bucket.put_table("t/a.parquet", TABLE)
    tunnels = Tunnels(tls, NAME)
    tunnels.start()
    variables = credentials | {"AWS_CA_BUNDLE": str(tls.certificate.path), "HTTPS_PROXY": tunnels.endpoint}
    spec = bucket.spec(endpoint=f"https://{NAME}:443", max_retries=0)
    run = CloudQuery(tmp_path, variables).sync(spec).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert set(tunnels.asked) == {NAME}
    count = len(tunnels.asked)
    run = CloudQuery(tmp_path, variables | {"NO_PROXY": NAME}).sync(spec).failed()
    assert f"{NAME}:443: the name cannot be resolved" in run.output and len(tunnels.asked) == count
    tunnels.stop()


@pytest.mark.parametrize("variables,is_used", [
    ({"HTTP_PROXY": "it"}, True), ({"http_proxy": "it"}, True), ({"HTTP_PROXY": "it", "http_proxy": ""}, True),
    ({"HTTP_PROXY": "it", "NO_PROXY": NAME}, False), ({"HTTP_PROXY": "it", "REQUEST_METHOD": "GET"}, False),
    ({"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "it"}, True)])
def test_a_proxy_of_the_environment_for_plain_requests(tmp_path, credentials, variables, is_used):
    tunnels = Tunnels(FaultServer())
    tunnels.start()
    given = {name: tunnels.endpoint if value == "it" else value for name, value in variables.items()}
    spec = {"bucket": "b", "region": "us-east-1", "endpoint": f"http://{NAME}:9000", "path_style": True, "max_retries": 0}
    run = Direct(tmp_path, credentials | given).sync(spec).failed()
    urls = [url.split("?")[0] for url in tunnels.plain]
    assert urls == ([f"http://{NAME}:9000/b"] if is_used else []), run.output
    assert is_used or "the name cannot be resolved" in run.output
    tunnels.stop()


def test_a_customer_key_reaches_the_server_and_no_text(bucket, cloudquery, tls):
    bucket.put_table("t/a.parquet", TABLE)
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    run = cloudquery.sync(
        bucket.spec(endpoint=tls.endpoint, endpoint_ca_file=str(tls.certificate.path), sse_customer_key=key)).succeeded()
    # The server sits behind a proxy that ends TLS, and so refuses the key that it got: the object is passed over.
    assert any("Customer provided keys must be made over a secure connection" in line for line in run.warnings)
    assert key not in run.everything
