"""fixture-verify as a person and a script meet it: what it prints, where, and how it ends."""

import json
import os
import pathlib
import pty
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harness.cli import ROOT

FIXTURES = ROOT / "Fixtures"
FLAT = FIXTURES / "parquet/pyarrow-flat-none-v1.parquet"
REFUSED = FIXTURES / "refused/handmade-lzo.parquet"
SEALED = FIXTURES / "parquet/pyarrow-encrypted-gcm-128.parquet"
KEY = "30313233343536373839616263646566"


def tool() -> pathlib.Path:
    """The built tool: what FIXTURE_VERIFY names, else that of the debug build."""
    named = os.environ.get("FIXTURE_VERIFY")
    path = pathlib.Path(named) if named else ROOT / ".build/debug/fixture-verify"
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"no tool at {path}: build it, or name one in FIXTURE_VERIFY")
    return path


def run(*arguments: object, cwd: pathlib.Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run([tool(), *map(str, arguments)], cwd=cwd, capture_output=True, timeout=120, check=False)


def failed(ended: subprocess.CompletedProcess, code: int, *parts: str) -> str:
    """The one line of reason, after checking that it is one and says the parts."""
    assert ended.returncode == code, ended
    lines = ended.stderr.decode().splitlines()
    assert len(lines) == 1 and lines[0].startswith("fixture-verify: "), lines
    for part in parts:
        assert part in lines[0], lines
    return lines[0]


def misused(ended: subprocess.CompletedProcess, *parts: str) -> None:
    assert ended.returncode == 64, ended
    assert not ended.stdout
    message = ended.stderr.decode()
    assert message.startswith("Error: ") and "Usage: fixture-verify" in message
    for part in parts:
        assert part in message, message


@pytest.fixture
def broken(tmp_path):
    """A file whose last page is cut out."""
    data = FLAT.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    path = tmp_path / "broken.parquet"
    path.write_bytes(data[:len(data) // 3] + data[-footer:])
    return path


# MARK: verify


def test_a_right_file_is_ok():
    ended = run(FLAT)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.decode() == f"OK {FLAT}: 50 rows\n"
    assert run("verify", FLAT).stdout == ended.stdout


def test_every_fixture_is_as_the_manifest_says():
    ended = run("--manifest", "Fixtures/manifest.json")
    assert (ended.returncode, ended.stderr) == (0, b"")
    lines = ended.stdout.decode().splitlines()
    files = json.loads((FIXTURES / "manifest.json").read_text())["files"]
    assert len(lines) == len(files)
    assert all(line.startswith("OK ") for line in lines)


def test_a_file_that_differs_from_its_manifest_is_a_mismatch(tmp_path):
    manifest = json.loads((FIXTURES / "manifest.json").read_text())
    entry = next(entry for entry in manifest["files"] if entry["file"] == "parquet/pyarrow-flat-none-v1.parquet")
    entry["columns"][1]["values"][4] = "5"
    (tmp_path / "parquet").mkdir()
    (tmp_path / entry["file"]).write_bytes(FLAT.read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [entry], "refused": []}))
    failed(run("--manifest", tmp_path / "manifest.json"), 1, 'row 4 of i8: found "126", expected "5"')


def test_malformed_is_1_and_unsupported_is_2(broken):
    failed(run(broken), 1, "broken.parquet", "row group 0, column")
    reason = failed(run(REFUSED), 2, 'row group 0, column "v", page 0', "compression codec LZO (3)")
    assert reason.removeprefix("fixture-verify: ") in run(REFUSED).stdout.decode().replace("ERROR ", "")


def test_of_several_files_all_are_read_and_a_wrong_one_decides(broken):
    ended = run(REFUSED, FLAT, broken)
    failed(ended, 1, "2 of 3 files, first ", "LZO")
    words = [line.split()[0] for line in ended.stdout.decode().splitlines()]
    assert words == ["ERROR", "OK", "ERROR"]
    failed(run(REFUSED, FLAT), 2, "1 of 2 files")


def test_json_is_one_object_for_each_file(broken):
    ended = run("--json", FLAT, REFUSED, broken, "no-such-file")
    assert ended.returncode == 1
    found = [json.loads(line) for line in ended.stdout.decode().splitlines()]
    assert [entry["status"] for entry in found] == ["ok", "unsupported", "wrong", "wrong"]
    assert found[0] == {"file": str(FLAT), "status": "ok", "rowCount": 50}
    assert "LZO" in found[1]["reason"]
    assert found[3]["reason"] == "No such file or directory"


def test_no_file_is_a_file_that_cannot_be_opened(tmp_path):
    failed(run("no-such-file"), 1, "no-such-file: No such file or directory")
    failed(run(tmp_path), 1, "Is a directory")
    failed(run("--manifest", "no-such-manifest"), 1, "no-such-manifest: No such file or directory")
    (tmp_path / "m.json").write_text("{}")
    failed(run("--manifest", tmp_path / "m.json"), 1, "not a manifest of fixtures")


def test_hostile_names_stay_on_one_line(tmp_path):
    name = "a\nb\x1b[2J" + "x" * 150
    path = tmp_path / name
    path.write_bytes(b"PAR1")
    failed(run(path), 1)
    assert b"\x1b" not in run(path).stderr


def test_progress_is_shown_on_a_terminal_only():
    files = [FLAT, FIXTURES / "parquet/duckdb-uuid.parquet"]
    assert run(*files).stderr == b""
    reader, writer = pty.openpty()
    with subprocess.Popen([tool(), *files], stderr=writer, stdout=subprocess.PIPE) as process:
        output = process.communicate(timeout=60)[0]
    os.close(writer)
    shown = os.read(reader, 1 << 16)
    os.close(reader)
    assert process.returncode == 0 and output.count(b"OK ") == 2
    assert b"1/2 " in shown and b"2/2 " in shown
    assert shown.endswith(b"\r\x1b[K"), "the line is empty again at the end"


# MARK: schema, meta, pages


def test_schema_shows_both():
    lines = run("schema", FIXTURES / "parquet/pyarrow-nested.parquet").stdout.decode().splitlines()
    assert lines[0] == "Parquet" and "Arrow" in lines
    assert "  optional INT64 id" in lines
    assert any(line.strip().startswith("repeated group list") for line in lines)


def test_meta_shows_row_groups_and_chunks():
    text = run("meta", FIXTURES / "parquet/duckdb-row-groups.parquet").stdout.decode()
    assert text.startswith("rows 5000, row groups 3, created by DuckDB")
    assert "row group 2: rows 904" in text
    assert "SNAPPY" in text and "minimum" in text


def test_pages_shows_every_page():
    text = run("pages", FIXTURES / "parquet/handmade-pages-mixed.parquet").stdout.decode()
    assert text.splitlines()[0] == 'row group 0, column "v"'
    assert [line.split(":")[1].split(",")[0].strip() for line in text.splitlines()[1:]] == [
        "dictionary PLAIN", "data v1 RLE_DICTIONARY", "data v2 RLE_DICTIONARY", "data v1 PLAIN", "data v2 PLAIN"]


@pytest.mark.parametrize("command", ["schema", "meta", "pages", "head", "ipc"])
def test_every_command_says_what_is_wrong_and_with_which_code(command, tmp_path):
    path = tmp_path / "short.parquet"
    path.write_bytes(FLAT.read_bytes()[:-3])
    failed(run(command, path), 1, "short.parquet", "must end in PAR1")
    failed(run(command, "no-such-file"), 1, "no-such-file")
    misused(run(command), "Missing expected argument")
    misused(run(command, FLAT, "--no-such-option"), "--no-such-option")
    failed(run(command, SEALED), 1, "the footer key is needed and was not given")


# MARK: head


def test_head_prints_the_first_rows_as_json():
    for arguments, count in [((), 10), (("-n", 3), 3), (("-n", 0), 0), (("-n", 1000), 50)]:
        ended = run("head", FLAT, *arguments)
        assert ended.returncode == 0
        assert len([json.loads(line) for line in ended.stdout.decode().splitlines()]) == count
    row = json.loads(run("head", FLAT, "-n", 1).stdout)
    assert row["i8"] == -128 and row["large"] == "99999999999999.9999"


def test_head_wants_a_number_of_rows():
    for wrong in ("-1", "many", "1.5", ""):
        misused(run("head", FLAT, "-n", wrong))


def test_head_of_an_unsupported_column_is_2():
    failed(run("head", REFUSED), 2, "LZO")


# MARK: ipc


@pytest.mark.parametrize("rows", [None, 1, 7, 1000])
def test_ipc_writes_what_pyarrow_reads(rows, tmp_path):
    for name in ("pyarrow-flat-zstd-v1", "pyarrow-nested-deep", "duckdb-row-groups"):
        path = FIXTURES / f"parquet/{name}.parquet"
        output = tmp_path / f"{name}.arrows"
        options = () if rows is None else ("--rows", rows)
        ended = run("ipc", path, "--output", output, *options)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
        with pa.ipc.open_stream(output) as stream:
            batches = list(stream)
        assert all(batch.num_rows <= (rows or 65_536) for batch in batches)
        wanted = pq.read_table(path)
        found = pa.Table.from_batches(batches)
        assert found.to_pylist() == wanted.to_pylist() or name.startswith("pyarrow-flat"), name
        assert found.num_rows == wanted.num_rows
        assert run("ipc", path, *options).stdout == output.read_bytes()


@pytest.mark.parametrize("name", ["list-views", "ordered-dictionaries"])
def test_ipc_restores_what_pyarrow_restores(name, tmp_path):
    path, output = FIXTURES / f"parquet/pyarrow-{name}.parquet", tmp_path / "rows.arrows"
    assert run("ipc", path, "--output", output).returncode == 0
    with pa.ipc.open_stream(output) as stream:
        found = stream.read_all()
    found.validate(full=True)
    wanted = pq.read_table(path)
    assert found.schema.equals(wanted.schema) and found.to_pylist() == wanted.to_pylist()
    for ours, theirs in zip(found.columns, wanted.columns):
        if pa.types.is_dictionary(ours.type):
            # Of a dictionary, the order is a part of what it says.
            assert ours.combine_chunks().dictionary.to_pylist() == theirs.combine_chunks().dictionary.to_pylist()


def test_timestamps_that_lose_digits_are_warned_of(tmp_path):
    path = tmp_path / "far.parquet"
    # The second one is beyond what nanoseconds reach.
    moments = pa.array([1_234_567_890_123_456_789, 0], pa.timestamp("ns"))
    far = pa.array([0, 9_999_999_999_999], pa.timestamp("ms"))
    pq.write_table(pa.table({"near": moments, "far": far}), path, use_deprecated_int96_timestamps=True)
    for command in ("head", "ipc"):
        ended = run(command, path)
        assert ended.returncode == 0 and ended.stdout
        assert ended.stderr.decode() == (
            f"fixture-verify: warning: {path}: the INT96 timestamps of \"near\" are cut to the unit that holds all of them\n")
    pq.write_table(pa.table({"near": moments}), path, use_deprecated_int96_timestamps=True)
    assert run("ipc", path).stderr == b""


def test_ipc_wants_a_number_of_rows_and_a_place_to_write(tmp_path):
    for wrong in ("0", "-1", "many"):
        misused(run("ipc", FLAT, "--rows", wrong))
    failed(run("ipc", FLAT, "--output", tmp_path / "no/such/folder"), 1, "no/such/folder: No such file or directory")


def test_a_reader_that_has_seen_enough_ends_it_without_a_signal():
    path = FIXTURES / "parquet/duckdb-row-groups.parquet"
    with subprocess.Popen([tool(), "ipc", path, "--rows", "10"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        reason = process.stderr.read().decode()
        assert process.wait(timeout=60) == 1
    assert "standard output: Broken pipe" in reason and reason.count("\n") == 1


# MARK: keys


def test_keys_open_encrypted_files():
    assert run("--keys", f"footer={KEY}", SEALED).returncode == 0
    assert run("head", SEALED, f"--keys=footer={KEY}", "-n", 1).stdout == b'{"a":7,"s":"ape","p":1,"l":[1]}\n'
    failed(run("--keys", f"footer={KEY[::-1]}", SEALED), 1, "decryption failed")
    sealed = FIXTURES / "parquet/pyarrow-encrypted-columns-plaintext-footer.parquet"
    failed(run(sealed), 1, 'column "a": encrypted: the key of the column is needed')


@pytest.mark.parametrize("keys", [KEY, f"footer={KEY}0", f"={KEY}", f"footer={KEY},footer={KEY}", "footer=", ","])
@pytest.mark.parametrize("command", ["verify", "schema", "meta", "pages", "head", "ipc"])
def test_bad_keys_are_wrong_usage_and_not_repeated(command, keys):
    ended = run(command, SEALED, f"--keys={keys}")
    misused(ended, "decryption keys: ")
    assert KEY not in ended.stderr.decode()


# MARK: usage


def test_wrong_usage_is_64():
    misused(run(), "Name a file or a manifest.")
    misused(run(FLAT, "--no-such-option"), "--no-such-option")
    ended = run("--manifest", "Fixtures/manifest.json", "other.parquet")
    misused(ended, "The manifest has none of these files.")


def test_help_is_no_error():
    ended = run("--help")
    assert ended.returncode == 0 and b"Exit codes: 0 right, 1 mismatch or malformed, 2 not supported, 64" in ended.stdout
