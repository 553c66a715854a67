"""Nothing secret is shown, at `trace` and wherever the credentials come from. What looks for it is harness.secrecy, in
every run of the plugin that any test makes; here are the runs with most to tell."""

import hashlib
import json

import pytest
from harness import secrecy
from harness.credential_services import CredentialServices
from harness.direct import Direct
from harness.faults import Certificate, Rule
from harness.fault_server import FaultServer
from harness.world import World


@pytest.fixture
def services(faults):
    running = CredentialServices(faults)
    running.start()
    yield running
    running.stop()


ROLE = "arn:aws:iam::123456789012:role/reader"


def sources(services: CredentialServices, folder) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Variables and spec of every place that gives credentials."""
    key, secret, token = services.new_key()
    (folder / "container").write_text(services.container_token)
    (folder / "identity").write_text(services.identity_token)
    (folder / "process").write_text(json.dumps({
        "Version": 1, "AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": token, "Expiration": "2126-01-01T00:00:00Z"}))
    sign_in = {
        "startUrl": "https://x", "region": "us-east-1", "accessToken": services.access_token, "expiresAt": "2126-01-01T00:00:00Z",
        "clientId": "c", "clientSecret": services.client_secret, "registrationExpiresAt": "2126-01-01T00:00:00Z",
        "refreshToken": services.refresh_token,
    }
    cache = folder / ".aws/sso/cache"
    cache.mkdir(parents=True)
    for name, end in (("good", "2126-01-01T00:00:00Z"), ("over", "2020-01-01T00:00:00Z")):
        document = json.dumps(sign_in | {"expiresAt": end})
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(document)
    sso = "sso_account_id = 123456789012\nsso_role_name = r\n"
    (folder / ".aws/config").write_text(
        f"[profile keys]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\naws_session_token = {token}\n"
        f"[profile role]\nrole_arn = {ROLE}\nsource_profile = keys\n"
        f"[profile identity]\nrole_arn = {ROLE}\nweb_identity_token_file = {folder / 'identity'}\n"
        f"[profile program]\ncredential_process = cat {folder / 'process'}\n"
        f"[profile sso-good]\nsso_session = good\n{sso}[sso-session good]\nsso_region = us-east-1\nsso_start_url = https://x\n"
        f"[profile sso-over]\nsso_session = over\n{sso}[sso-session over]\nsso_region = us-east-1\nsso_start_url = https://x\n")
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{services.address}/container"}
    return {
        "variables": (keys, {}), "role in the spec": (keys, {"role_arn": ROLE}),
        "web identity": ({"AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "identity"), "AWS_ROLE_ARN": ROLE}, {}),
        "container": (container | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": services.container_token}, {}),
        "container with a file": (container | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(folder / "container")}, {}),
        "instance": ({"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": services.address}, {}),
    } | {f"profile {name}": ({}, {"local_profile": name}) for name in ("keys", "role", "identity", "program", "sso-good", "sso-over")}


NAMES = ["variables", "role in the spec", "web identity", "container", "container with a file", "instance", "profile keys",
         "profile role", "profile identity", "profile program", "profile sso-good", "profile sso-over"]
# With these no service is asked, so none can refuse.
WITHOUT_SERVICE = {"variables", "profile keys", "profile program"}


@pytest.mark.parametrize("name", NAMES)
def test_no_source_of_credentials_is_shown(faults, services, tmp_path, credentials, name):
    places = sources(services, tmp_path)
    assert sorted(places) == sorted(NAMES)
    variables, spec = places[name]
    bare = {key: value for key, value in credentials.items() if "KEY" not in key}
    env = bare | variables | {"HOME": str(tmp_path)} | {
        f"AWS_ENDPOINT_URL_{service}": services.address for service in ("STS", "SSO", "SSO_OIDC")}
    world = World(faults, faults.make_bucket("scenario"), Direct(tmp_path / "runs", env))
    world.passes(**spec)
    echo = {"code": "Refused", "echo": True}
    world.sync(Rule("list-type=2", status=500, **echo), Rule("small/a", status=500, **echo),
               Rule("small/a", times=99, status=403, **echo), Rule("small/b", times=99, status=404, **echo), **spec).failed()
    faults.rules.clear()
    if name in WITHOUT_SERVICE:
        faults.keys.clear()
    else:
        services.echoes = True
    world.sync(**spec).failed()


@pytest.mark.parametrize("status", [200, 301, 307, 400, 403, 404, 405, 412, 416, 500, 503])
def test_no_answer_shows_what_was_asked_with(world, status):
    """The server repeats the whole request, in its errors and everywhere that an answer has a place for text."""
    for place in ("list-type=2", "small/a"):
        world.server.rules.clear()
        world.sync(Rule(place, times=2, status=status, code="Refused", echo=True, headers={"Retry-After": "0"}), max_retries=1)


def test_keys_of_files_and_of_customers_are_not_shown(tmp_path, credentials):
    server = FaultServer(certificate=Certificate(tmp_path))
    server.start()
    world = World(server, server.make_bucket("scenario"), Direct(tmp_path / "runs", credentials))
    spec = {
        "endpoint_ca_file": str(server.certificate.path), "sse_customer_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "decryption_keys": {"footer": "00112233445566778899aabbccddeeff", "columns": {"n": "EBESExQVFhcYGRobHB0eHw=="},
                            "by_metadata": {"k": "ffeeddccbbaa99887766554433221100"}},
    }
    world.sync(**spec)
    world.sync(Rule("small/a", times=99, status=400, code="InvalidRequest", echo=True), **spec)
    for wrong in ({"sse_customer_key": spec["sse_customer_key"][:-4]}, {"decryption_keys": {"footer": "00112233445566778899aabb"}},
                  {"decryption_keys": {"unknown": "00112233445566778899aabbccddeeff"}}):
        world.sync(**spec | wrong).failed()
    server.stop()


def test_what_is_looked_for_would_be_found():
    secrecy.know("a-secret-of-this-test+/=")
    for text in ("a-secret-of-this-test+/=", "a-secret-of-this-test%2B%2F%3D", "Signature=0123456789abcdef"):
        assert secrecy.leaks(f"before {text} after".encode(), set())
    assert secrecy.leaks(b'{"k": "EBESExQVFhcYGRobHB0eHw=="}', secrecy.secrets_of({}, {
        "decryption_keys": {"columns": {"n": "101112131415161718191a1b1c1d1e1f"}}}))
    assert not secrecy.leaks(b"nothing to see", set())
