#!/usr/bin/env python3
"""Writes EncryptedFiles.swift: small encrypted Parquet files, their keys, and the file without encryption. Needs pyarrow
and DuckDB.

    make-encrypted-files.py > EncryptedFiles.swift

Keys of columns and all nonces are random, so every run gives other bytes.
"""
import base64
import io
import os
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

FOOTER_KEY = "0123456789abcdefghijklmnopqrstuv"

TABLE = pa.table({
    "a": pa.array([7, 8, 7, 9, 7, 8], pa.int64()),
    "s": pa.array(["ape", None, "bee", "ape", "cat", None]),
    "p": pa.array([1, 2, None, 4, 5, 6], pa.int32()),
})

# Snappy and a dictionary in one column, several pages in the others.
LAYOUT = dict(
    store_schema=False, compression={"a": "snappy", "s": "none", "p": "none"}, use_dictionary=["a"],
    write_statistics=["a"], row_group_size=4, write_batch_size=2, data_page_size=1)


def written(table=TABLE, **options):
    sink = io.BytesIO()
    pq.write_table(table, sink, **{**LAYOUT, **options})
    return sink.getvalue()


def uniform(key_byte_count, layout={}, **options):
    key = FOOTER_KEY[:key_byte_count].encode()
    properties = pe.create_encryption_properties(key, **options)
    return written(encryption_properties=properties, **layout), "footer=" + key.hex()


class Recorder(pe.KmsClient):
    """A key service that stores keys as they are and remembers them."""

    def __init__(self, keys):
        super().__init__()
        self.keys = keys

    def wrap_key(self, key_bytes, master_key_identifier):
        self.keys[master_key_identifier] = key_bytes
        return base64.b64encode(key_bytes)

    def unwrap_key(self, wrapped_key, master_key_identifier):
        return base64.b64decode(wrapped_key)


def by_column(columns, layout={}, **options):
    keys = {}
    factory = pe.CryptoFactory(lambda config: Recorder(keys))
    configuration = pe.EncryptionConfiguration(
        footer_key="footer", column_keys={column: [column] for column in columns}, double_wrapping=False,
        uniform_encryption=False, internal_key_material=True, **options)
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), configuration)
    data = written(encryption_properties=properties, **layout)
    return data, ",".join(name + "=" + keys[name].hex() for name in ["footer", *columns])


def duck():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "duck.parquet")
        connection = duckdb.connect()
        connection.execute("SET force_mbedtls_unsafe = true")
        connection.execute("PRAGMA add_parquet_key('k', '%s')" % FOOTER_KEY[:16])
        connection.register("source", TABLE)
        connection.execute("COPY source TO '%s' (FORMAT parquet, COMPRESSION uncompressed, "
                           "ENCRYPTION_CONFIG {footer_key: 'k'})" % path)
        with open(path, "rb") as file:
            return file.read(), "footer=" + FOOTER_KEY[:16].encode().hex()


INDEXES = dict(write_page_index=True, write_statistics=True)


def files():
    yield "uniform, 128 bits", *uniform(16), ""
    yield "uniform, CTR, 192 bits, pages of version 2", *uniform(
        24, dict(data_page_version="2.0"), encryption_algorithm="AES_GCM_CTR_V1"), ""
    yield "uniform, 256 bits, stored AAD prefix", *uniform(32, aad_prefix=b"table-1"), ""
    data, keys = uniform(16, aad_prefix=b"table-1", store_aad_prefix=False)
    yield "uniform, AAD prefix not stored", data, keys + ",aad_prefix=table-1", ""
    yield "plaintext footer, 256 bits, checksums", *uniform(
        32, dict(write_page_checksum=True), plaintext_footer=True), ""
    yield "column keys", *by_column(["a", "s"]), "p"
    yield "column keys, plaintext footer, CTR", *by_column(
        ["a", "s"], plaintext_footer=True, encryption_algorithm="AES_GCM_CTR_V1"), "p"
    yield "column keys of 256 bits", *by_column(["s"], data_key_length_bits=256), "a,p"
    yield "page indexes", *uniform(16, INDEXES), ""
    yield "no file identity", *duck(), ""


def literal(data):
    text = base64.b64encode(data).decode()
    lines = [text[start:start + 100] for start in range(0, len(text), 100)]
    return '"""\n' + "".join("                %s\n" % line for line in lines) + '                """'


print("// Made by make-encrypted-files.py with pyarrow %s and DuckDB %s." % (pa.__version__, duckdb.__version__))
print()
print("/// Encrypted Parquet files small enough to cut at every byte, all of the same table.")
print("struct EncryptedFile {")
print("    let name: String")
print("    /// What `DecryptionKeys(parsing:)` reads.")
print("    let keys: String")
print("    /// Columns that need no key of their own, joined by commas.")
print("    let plaintextColumns: String")
print("    let base64: String")
print()
print("    /// The same table with the layout of most of the files, and with page indexes, without encryption.")
print("    static let twin = %s" % literal(written(**INDEXES)).replace("\n        ", "\n"))
print()
print("    static let all = [")
for name, data, keys, plain in files():
    assert len(data) <= 3072, (name, len(data))
    print("        EncryptedFile(")
    print('            name: "%s",' % name)
    print("            keys: \"%s\"" % (",\"\n                + \"".join(keys.split(","))) + ",")
    print('            plaintextColumns: "%s",' % plain)
    print("            base64: %s)," % literal(data))
print("    ]")
print("}")
