"""Proofs of possession as botocore makes them for sessions of `aws login`, and the hosts of the services around S3."""

from __future__ import annotations

import random
import uuid
from unittest import mock

import botocore.credentials
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from endpoints import REGIONS

URLS = [
    "https://us-east-1.signin.aws.amazon.com/v1/token", "https://cn-north-1.signin.amazonaws.cn/v1/token",
    "http://127.0.0.1:5000/v1/token", "http://[::1]:5000/base/v1/token",
]


class Key:
    """What botocore asks of a key, by another library than its own optional one."""

    def __init__(self, key):
        self.key = key

    def get_public_coords(self):
        point = self.key.public_key().public_numbers()
        return point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")

    def sign(self, digest):
        return self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        return b"".join(part.to_bytes(pad_to, "big") for part in utils.decode_dss_signature(signature))


def proofs():
    source = random.Random(9)
    for index in range(24):
        # Small numbers have coordinates that begin with zeros, now and then.
        number = source.randrange(1, 1 << (256 if index % 2 else 12))
        key = ec.derive_private_key(number, ec.SECP256R1())
        form = serialization.PrivateFormat.TraditionalOpenSSL if index % 3 else serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
        url, time = source.choice(URLS), source.randrange(1 << 31)
        name = str(uuid.UUID(int=source.getrandbits(128), version=4))
        with mock.patch.object(botocore.credentials, "EC", Key):
            proof = botocore.credentials._build_dpop_header(Key(key), url, name, time)
        yield {"key": pem, "url": url, "time": time, "id": name, "proof": proof}


def hosts():
    loader = botocore.session.get_session().get_component("data_loader")
    partitions = loader.load_data("partitions")
    for service in ["sts", "sso", "sso-oidc", "signin"]:
        resolver = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for region in [*REGIONS[:-2], "us-gov-east-1", "ap-southeast-5"]:
            for fips, dualstack in [(False, False), (False, True), (True, False), (True, True)]:
                parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dualstack}
                if service == "sts":
                    parameters["UseGlobalEndpoint"] = False
                try:
                    url = resolver.resolve_endpoint(**parameters).url
                except EndpointProviderError:
                    url = None
                yield parameters | {"service": service, "url": url}
