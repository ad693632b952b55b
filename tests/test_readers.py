import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.readers import READERS, read_document
from ingest.readers.sandbox import sandboxed
from rag.errors import Refused


def refused(path: Path, root: Path) -> str:
    with pytest.raises(Refused) as caught:
        read_document(path, path.name, root)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_format_has_its_reader() -> None:
    assert sorted(READERS) == [".docx", ".json", ".markdown", ".md", ".pdf", ".txt"]


def test_importing_loads_no_parser() -> None:
    code = "import sys, ingest.readers; print(*{'pypdf', 'docx', 'lxml', 'yaml', 'markdown_it'} & set(sys.modules))"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    assert (
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout.strip()
        == ""
    )


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b" \r\n\n", "empty"),
        ("a.md", b"---\ntitle: A\n---\n", "no text"),
        ("a.md", b"# Only a heading\n\n<!-- hidden -->\n", "no text"),
        ("a.md", "naïve".encode("latin-1"), "not UTF-8 at byte 2"),
        ("a.txt", "text".encode("utf-16-le"), "NUL"),
        ("a.txt", "text".encode("utf-16"), "not UTF-8 at byte 0"),
        ("a.md", b"---\ntitle: [\n---\nx", "broken front matter, line"),
        ("open.md", b"---\ntitle: [oops\nstart: 2019\n---\nx", "line 2, field title"),
        ("quote.md", b'---\ntitle: "oops\nstart: 2019\n---\nx', "line 2, field title"),
        ("a.json", b"{}", "not a JSON Resume"),
        ("a.odt", b"x", "unknown suffix .odt"),
        ("README", b"x", "unknown suffix (none)"),
    ],
)
def test_refusals(tmp_path: Path, name: str, body: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(body)
    assert reason in refused(tmp_path / name, tmp_path)


def test_suffixes_in_capitals_are_read(tmp_path: Path) -> None:
    (tmp_path / "A.MD").write_text("text")
    assert read_document(tmp_path / "A.MD", "A.MD", tmp_path).text == "text"


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(20 * 1024**2 + 1)
    assert "over 20 MB" in refused(tmp_path / "a.txt", tmp_path)


def test_links_stay_in_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    root.mkdir()
    (root / "a.md").write_text("inside")
    (tmp_path / "b.md").write_text("outside")
    (root / "in.md").symlink_to(root / "a.md")
    (root / "out.md").symlink_to(tmp_path / "b.md")
    (root / "gone.md").symlink_to(root / "missing.md")
    (root / "loop.md").symlink_to(root / "loop.md")
    (root / "up").symlink_to(tmp_path)
    assert read_document(root / "in.md", "in.md", root).text == "inside"
    assert "leaves the corpus folder" in refused(root / "out.md", root)
    assert "leaves the corpus folder" in refused(root / "up" / "b.md", root)
    assert "cannot be read" in refused(root / "gone.md", root)
    assert "cannot be read" in refused(root / "loop.md", root)
    (tmp_path / "alias").symlink_to(root)
    assert read_document(tmp_path / "alias" / "a.md", "a.md", tmp_path / "alias").text == "inside"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert "not a regular file" in refused(tmp_path / "a.md", tmp_path)


def test_a_private_document_needs_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nvisibility: private\n---\n")
    assert read_document(tmp_path / "a.md", "a.md", tmp_path).private


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("os._exit(7)", "ended with status 7"),
        ("os._exit(0)", "ended with status 0"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended with signal 11"),
        ("time.sleep(60)", "takes over 1 s"),
        ("return bytearray(3 * 1024**3)", "takes over 2 GB of memory"),
        ("return read(path, source)", "damaged (RecursionError)"),
        ("assert False", "damaged (AssertionError)"),
        ("raise OSError(22, 'seek')", "damaged (OSError)"),
        ("raise OSError(24, 'Too many open files')", "cannot be read now ([Errno 24]"),
        ("import no_such_module", "cannot be read now (No module"),
        ("raise SystemExit(3)", "damaged (SystemExit)"),
        ("print('{'); raise Refused('scanned; add text')", "scanned; add text"),
    ],
)
def test_a_reader_that_fails_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    code = f"import os, signal, time\nfrom rag.errors import Refused\ndef read(path, source):\n    {body}\n"
    (tmp_path / "odd_reader.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        sandboxed("odd_reader", seconds=1 if "sleep" in body else 20)(tmp_path / "a.pdf", "a.pdf")
    assert reason in str(caught.value)
    assert caught.value.lasting == reason.startswith(("takes over 2 GB", "damaged (", "scanned"))
    assert time.monotonic() - began < 15
