"""Where a bucket is, who may read it, and until when. Numbers are those of harness.scenarios."""

import json
import shlex

import pytest
from harness.direct import Direct
from harness.faults import Rule
from harness.sigv4 import Key
from harness.world import AWS_REGION as REGION, IDEAL, KEYS, LARGE, World

def test_13_another_region_by_the_signature(either):
    run = either.passes(region="eu-north-1", more=1)
    assert sum("another region" in line for line in run.warnings) == 1


@pytest.mark.parametrize("kind,more", [
    ("PermanentRedirect", 1), ("TemporaryRedirect", 1), ("IllegalLocationConstraintException", 1), ("bare", 1)])
def test_13_another_region_by_what_the_server_answers(faults, direct, kind, more):
    bucket = faults.make_bucket("scenario", REGION)
    bucket.stored.misdirected = kind
    run = World(faults, bucket, direct).passes(region="us-east-1", more=more)
    assert sum("another region" in line and REGION in line for line in run.warnings) == 1


def test_13_a_region_that_the_server_does_not_say_is_asked_for(faults, direct):
    world = World(faults, faults.make_bucket("scenario", REGION), direct)
    world.passes(Rule("list-type=2", status=301, code="PermanentRedirect"), region="us-east-1", more=2)
    assert [request.method for request in faults.requests][:2] == ["GET", "HEAD"]


def test_13_the_question_for_the_region_is_asked_again(faults, direct):
    world = World(faults, faults.make_bucket("scenario", REGION), direct)
    nameless = {"x-amz-bucket-region": None}
    world.passes(
        Rule("list-type=2", status=301, code="PermanentRedirect"), Rule("HEAD ", status=503, headers=nameless),
        Rule("HEAD ", reset=True), region="us-east-1", more=2)


def test_13_a_region_that_leads_in_a_circle(world):
    world.ends("another region", Rule("list-type=2", times=99, status=301, code="PermanentRedirect",
                                      headers={"x-amz-bucket-region": "eu-west-1"}))
    assert len(world.server.requests) <= 2


def test_13_the_hosts_of_aws(aws):
    world, hosts = aws
    run = world.passes(region="us-east-1", more=1)
    assert any("another region" in line and REGION in line for line in run.warnings)
    ours = [host for host in hosts.asked if "s3" in host]
    assert ours[0] == "scenario.s3.us-east-1.amazonaws.com" and set(ours[1:]) == {f"scenario.s3.{REGION}.amazonaws.com"}


def test_17_no_such_bucket(world):
    world.ends("the bucket does not exist", bucket="no-such-bucket-here")
    assert len(world.server.requests) == 1


def test_17_the_bucket_goes_while_it_is_read(world):
    world.ends("the bucket does not exist", Rule("small/a", times=99, status=404, code="NoSuchBucket"))


def test_18_one_object_is_denied(world):
    run = world.ends("s3:GetObject", Rule("small/a", times=99, status=403, code="AccessDenied"))
    assert "small/a.parquet" in run.output and "INJECTED" in run.output and "INJECTED2" in run.output
    assert "1 of 2 tables failed" in run.output
    assert run.recording.row_count("large") == LARGE.num_rows and world.requests_for(KEYS[0]) == 1


def test_18_with_state_the_other_tables_move_on(world):
    run = world.sync(Rule("small/a", times=1, status=403, code="AccessDenied"), state=True).succeeded()
    assert any("small/a.parquet" in line for line in run.lines("error")), run.log
    # The next sync reads what is missing, and nothing else.
    second = world.sync(state=True).succeeded()
    assert second.recording.row_count("small") >= 20 and second.recording.row_count("large") == 0


def test_19_the_listing_is_denied(world):
    run = world.ends("s3:ListBucket on arn:aws:s3:::scenario", Rule("list-type=2", times=99, status=403, code="AccessDenied"))
    assert "INJECTED" in run.output and len(world.server.requests) == 1


def test_22_kms_denies(world):
    message = "User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:1:key/k"
    run = world.ends("key/k", Rule("small/a", times=99, status=403, code="AccessDenied", message=message))
    assert "kms:Decrypt" in run.output and world.requests_for(KEYS[0]) == 1
    assert run.recording.row_count("large") == LARGE.num_rows


def test_22_a_kms_key_that_is_disabled(world):
    world.ends("KMS.DisabledException", Rule("small/a", times=99, status=400, code="KMS.DisabledException"))


def test_22_kms_throttles(world):
    world.passes(Rule("small/a", status=400, code="ThrottlingException"), Rule("small/b", status=503, code="ThrottlingException"))


def test_23_requester_pays(world):
    world.bucket.stored.requester_pays = True
    world.passes(request_payer="requester")
    assert all(request.headers["x-amz-request-payer"] == "requester" for request in world.server.requests)


def test_23_requester_pays_and_the_spec_does_not_say_so(world):
    world.bucket.stored.requester_pays = True
    world.ends("request_payer")


@pytest.fixture
def renewed(tmp_path, credentials, faults):
    """A world whose credentials come from a program: those of the file `current`, as (access key, secret, token)."""
    current = tmp_path / "current"
    config = tmp_path / "aws-config"
    config.write_text(f"[profile program]\ncredential_process = cat {shlex.quote(str(current))}\n")

    def give(number: int) -> None:
        key = f"ASIA{number}"
        faults.keys[key] = Key(f"secret-of-{key}-0123456789", f"token-of-{key}-0123456789+/=")
        document = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": faults.keys[key].secret,
                    "SessionToken": faults.keys[key].token, "Expiration": "2126-01-01T00:00:00Z"}
        # Never half a file for the program that reads it.
        (tmp_path / "next").write_text(json.dumps(document))
        (tmp_path / "next").replace(current)

    def expire(number: int) -> None:
        faults.keys[f"ASIA{number}"].is_expired = True
        give(number + 1)

    give(0)
    variables = {name: value for name, value in credentials.items() if "KEY" not in name}
    world = World(faults, faults.make_bucket("scenario"), Direct(tmp_path, variables | {"AWS_CONFIG_FILE": str(config)}))
    return world, expire


def test_24_tokens_that_end_in_the_middle(renewed):
    world, expire = renewed
    ends = [Rule("large/c", skip=skip, before=lambda skip=skip: expire(skip)) for skip in range(2)]
    # Each expiry is met by the request that brings it about and by those under way: no more than one for each object.
    run = world.passes(*ends, more=2 * len(KEYS) - len(ends), local_profile="program")
    assert run.everything.count("credentials had expired") >= 1
    used = {request.headers["authorization"].split("=")[1].split("/")[0] for request in world.server.requests}
    assert used == {"ASIA0", "ASIA1", "ASIA2"}


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidToken", "TokenRefreshRequired"])
def test_24_codes_that_ask_for_new_credentials(world, code):
    world.passes(Rule("small/a", status=400, code=code), Rule("large/c", skip=1, status=400, code=code))


def test_24_keys_that_nothing_renews(world):
    world.server.keys[world.server.access_key].is_expired = True
    world.ends("credentials have expired")
    assert len(world.server.requests) <= 2


@pytest.mark.parametrize("lead", [-3_600, 7_200])
def test_25_a_wrong_clock(world, lead):
    world.server.clock_lead = lead
    run = world.passes(more=1)
    assert sum("clock of this machine is wrong" in line for line in run.warnings) == 1


def test_25_a_clock_that_goes_wrong_in_the_middle(world):
    """As after a machine slept: what is under way is signed again by the server's time."""
    def jump():
        world.server.clock_lead = 3_600
    run = world.passes(Rule("large/c", skip=1, before=jump), more=IDEAL - 3)
    assert sum("clock of this machine is wrong" in line for line in run.warnings) == 1


def test_25_a_signature_that_is_wrong_is_not_the_clock(world):
    world.server.keys[world.server.access_key] = Key("another-secret-than-ours")
    run = world.ends("check the secret access key")
    assert len(world.server.requests) == 1
    # S3 answers with all that it made of the request; none of it is shown.
    assert "SignatureProvided" not in run.everything and "AWS4-HMAC-SHA256" not in run.everything
