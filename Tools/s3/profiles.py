"""Random config and credentials files, and the profiles that botocore reads in them.

Left out is what AWS SDKs read in different ways: comments after values, repeated keys, lines that go on.
"""

from __future__ import annotations

import pathlib
import random
import tempfile

import botocore.session
from botocore.exceptions import ConfigParseError

NAMES = ["default", "a", "B", "my-prof", "with space", "x.y", "a/b", "ü"]
KEYS = ["region", "Region", "role_arn", "aws_access_key_id", "AWS_SECRET_ACCESS_KEY", "source_profile", "unknown-key"]
VALUES = [
    "plain", "a=b", "a = b", "x:y", "arn:aws:iam::1:role/r", "AKIA/+==", "a#b", "a;b", '"quoted"', "'q'", "two words",
    "tab\there", "é", "%(x)s", "[x]", "\\", "",
]
NESTED = ["addressing_style", "endpoint_url", "use_accelerate_endpoint"]


def config_section(source: random.Random, name: str) -> str:
    if name == "default" and source.random() < 0.7:
        return "[default]"
    if " " in name or source.random() < 0.2:
        return source.choice(['[profile "{}"]', "[profile '{}']", '[profile\t"{}"]']).format(name)
    return source.choice(["[profile {}]", "[profile {}]", "[profile  {}]", "[profile\t{}]", "[{}]"]).format(name)


def lines(source: random.Random, section):
    for name in source.sample(NAMES, source.randint(0, 4)):
        yield section(source, name)
        keys = list({key.lower(): key for key in source.sample(KEYS, source.randint(0, 5))}.values())
        for key in keys:
            mark = source.choice(["=", " = ", "=  ", "\t=\t", " : ", ":"])
            value = source.choice(VALUES)
            # A value that begins with the other mark belongs to the SDKs that know one mark only.
            if ":" in mark and "=" in value:
                continue
            yield key + mark + value + source.choice(["", "", " ", "\t"])
            if source.random() < 0.2:
                yield source.choice(["", "# comment", "; comment", "#"])
        if source.random() < 0.4:
            yield source.choice(["s3 =", "s3=", "services_like = "])
            indent = source.choice(["  ", "\t", "    "])
            for key in source.sample(NESTED, source.randint(1, 3)):
                yield indent + key + source.choice([" = ", "="]) + source.choice(["path", "true", "http://h:1/x?a=b"])
        if source.random() < 0.05:
            yield source.choice(["no mark", "=value", "[unclosed"])


def file(source: random.Random, section) -> str:
    end = source.choice(["\n", "\n", "\r\n"])
    content = list(lines(source, section))
    if source.random() < 0.02:
        content.insert(0, "region = x")
    return end.join(content) + source.choice(["", end])


def cases():
    source = random.Random(12)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(400):
            texts = file(source, config_section), file(source, lambda _, name: f"[{name}]")
            paths = [pathlib.Path(folder) / name for name in ("config", "credentials")]
            for path, text in zip(paths, texts):
                path.write_bytes(text.encode())
            session = botocore.session.Session()
            session.set_config_variable("config_file", str(paths[0]))
            session.set_config_variable("credentials_file", str(paths[1]))
            try:
                found = session.full_config["profiles"]
            except ConfigParseError:
                found = None
            yield {"config": texts[0], "credentials": texts[1], "profiles": found}
