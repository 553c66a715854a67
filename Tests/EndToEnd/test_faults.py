"""Every fault of harness.scenarios has a test; and faults in any order and number that pass cost no row."""

import importlib
import os
import pathlib
import random
import re

import pytest
from harness.faults import Rule
from harness.scenarios import SCENARIOS
from harness.world import LARGE_BYTES

HERE = pathlib.Path(__file__).parent


def test_every_scenario_has_a_test():
    modules = [importlib.import_module(path.stem) for path in sorted(HERE.glob("test_faults_*.py"))]
    numbers = {int(found[1]) for module in modules for name in dir(module) if (found := re.match(r"test_(\d\d)_", name))}
    assert sorted(SCENARIOS) == list(range(1, 35))
    assert numbers == set(SCENARIOS)


def script(seed: int) -> list[Rule]:
    """Faults that pass, of any kind, at any request, no more at one request than the client takes."""
    chance = random.Random(seed)
    often = [
        {"status": 500, "code": "InternalError"}, {"status": 502, "body": b"<html>Bad Gateway</html>"},
        {"status": 503, "headers": {"Retry-After": "0"}}, {"status": 400, "code": "RequestTimeout"}, {"reset": True},
        {"reset_after": chance.randrange(2_000_000)}, {"truncate_after": chance.randrange(2_000_000)},
        {"truncate_after": chance.randrange(900)}, {"delay": chance.random() / 2}, {"chunked": True},
    ]
    # What contradicts itself is asked for three times.
    twice = [
        {"status": 200, "code": "InternalError", "match": "list-type=2"}, {"gzip": True, "match": "small/"},
        {"excess": chance.randrange(1, 99), "match": "large/c"},
        {"headers": {"Content-Range": f"bytes 1-2/{len(LARGE_BYTES)}"}, "match": "large/c"},
        {"headers": {"Content-Length": None, "Connection": "close"}, "match": "small/"},
    ]
    kinds = chance.choices(often, k=chance.randrange(3, 12)) + chance.choices(twice, k=chance.randrange(3))
    kinds += chance.sample([{"status": 400, "code": "ExpiredToken"}], chance.randrange(2))
    chance.shuffle(kinds)
    places = ["", "list-type=2", "small/a", "small/b", "large/c"]
    return [Rule(**{"match": chance.choice(places), "skip": chance.randrange(3)} | kind) for kind in kinds]


# One seed of each run is its own, the same for all of its processes; FAULT_SEED names another.
OWN_SEED = int(os.environ.get("FAULT_SEED") or int(os.environ.get("PYTEST_XDIST_TESTRUNUID", "0")[:8], 16))


@pytest.mark.parametrize("seed", [*range(6), OWN_SEED])
def test_any_faults_that_pass_cost_no_rows(either, seed):
    rules = script(seed)
    run = either.sync(*rules).succeeded()
    either.expect_rows(run)
    either.expect_requests(len(rules) - len(either.unused))
