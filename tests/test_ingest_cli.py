import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from within import Within

from ingest import lock
from ingest.__main__ import _interruptible, main
from rag.embed import load
from rag.store import Store

HOME = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder with a corpus and its index, made by the command."""
    models = Path(request.config.cache.mkdir("models"))
    load("", models)
    folder = tmp_path_factory.mktemp("built")
    write(folder / "corpus/bio/about.md", "# About\r\n\r\nRuns Kubernetes clusters; naïve café 🚀.")
    write(folder / "corpus/notes.txt", "Speaks three languages.\n")
    (folder / "index").mkdir()
    (folder / "index/models").symlink_to(models)
    done = ingest(folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return shutil.copytree(built, tmp_path / "place", symlinks=True)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def command(folder: Path, *options: str) -> list[str]:
    where = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    return [sys.executable, "-m", "ingest", *where, *options]


def environment(**settings: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("RESUME_")} | settings


def ingest(folder: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *options), capture_output=True, text=True, cwd=HOME, env=environment(**settings), check=False
    )


def test_help_is_complete_and_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "--help"], capture_output=True, text=True, cwd=HOME, check=True
    )
    heavy = "import sys, ingest.__main__; print({'numpy', 'chromadb', 'pypdf', 'langchain_core'} & {*sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, cwd=HOME, check=True)
    assert loaded.stdout == "set()\n"
    for option in ("--corpus", "--index", "--dry-run", "--json", "--show", "--rebuild"):
        assert option in done.stdout


def test_the_summary(place: Path, within: Within) -> None:
    write(place / "corpus/new [bold].md", "# New\n\nWords.\n")
    write(place / "corpus/notes.txt", "Speaks four languages.\n")
    write(place / "corpus/secret.md", "---\nvisibility: private\n---\n\nMine.\n")
    (place / "corpus/bio/about.md").rename(place / "corpus/bio/me.md")
    planned, done = within(main, *command(place, "--dry-run")[3:]), ingest(place)
    for run in (planned, done):
        assert run.returncode == 0
        for row in (
            r"added +│ +1 │ new \[bold\]\.md",
            r"edited +│ +1 │ notes.txt",
            r"renamed +│ +1 │ bio/about.md → bio/me.md",
            r"private +│ +1 │",
        ):
            assert re.search(row, run.stdout), run.stdout
        for label in ("removed", "refused", "passages", "seconds"):
            assert label in run.stdout
    assert "nothing has changed" in within(main, *command(place)[3:]).stdout


def test_json(place: Path, within: Within) -> None:
    write(place / "corpus/new.md", "# New\n\nWords.\n")
    dry = json.loads(within(main, *command(place, "--dry-run", "--json")[3:]).stdout)
    report = json.loads(ingest(place, "--json").stdout)
    assert report["added"] == dry["added"] == ["new.md"]
    assert (report["published"], dry["published"]) == (True, False)
    assert report["embedded"] == dry["embedded"] > 0
    assert report["unchanged"] == ["bio/about.md", "notes.txt"]
    again = json.loads(within(main, *command(place, "--json")[3:]).stdout)
    assert (again["published"], again["embedded"]) == (False, 0)


def test_refused_files_are_named_and_exit_3(place: Path) -> None:
    write(place / "corpus/video.mp4", "x")
    write(place / "corpus/bad\nname.md", "")
    done = ingest(place, "--json")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["refused bad\\nname.md", "refused video.mp4"]
    assert len(json.loads(done.stdout)["refused"]) == 2


def test_a_dated_line_that_is_no_role_is_told_each_time_until_it_is_mended(place: Path, within: Within) -> None:
    write(place / "corpus/cv.md", "# Ida\n\n## Experience\n\nDancer with the Royal Ballet, 2015–2017\n")
    for options in (["--dry-run"], [], ["--json"]):
        done = within(main, *command(place, *options)[3:])
        assert done.returncode == 0
        assert done.stderr == (
            "warning cv.md: no role read in the dated line 'Dancer with the Royal Ballet, 2015–2017'; "
            "if it is a job, write it as `Title, Employer (2015 – 2017)`\n"
        )
    assert json.loads(done.stdout)["unread"] == [["cv.md", "Dancer with the Royal Ballet, 2015–2017"]]


def test_show_prints_the_text_exactly(place: Path) -> None:
    for options in (["bio/about.md"], ["./bio/about.md"], [str(place / "corpus/bio/about.md")]):
        done = subprocess.run(command(place, "--show", *options), capture_output=True, cwd=HOME, check=True)
        assert done.stdout == (place / "corpus/bio/about.md").read_bytes()
    write(place / "corpus/new.md", "Not indexed yet.")
    assert ingest(place, "--show", "new.md").stdout == "Not indexed yet."
    (place / "corpus/notes.txt").unlink()
    assert ingest(place, "--show", "notes.txt").stdout == "Speaks three languages.\n"
    missing = ingest(place, "--show", "../index/CURRENT")
    assert missing.returncode == 2
    assert missing.stderr.startswith("error: no document '../index/CURRENT'")


@pytest.mark.parametrize(
    ("options", "settings", "message"),
    [
        (["--corpus", "/nowhere"], {}, "the corpus folder /nowhere does not exist"),
        ([], {"RESUME_TOPK": "1"}, "unknown setting RESUME_TOPK"),
        ([], {"RESUME_TOP_K": "many"}, "bad setting RESUME_TOP_K"),
        (
            [],
            {"RESUME_EMBEDDING_MODEL": "some/other"},
            "all-MiniLM-L6-v2, not with some/other; run python -m ingest --rebuild",
        ),
        (["--index", "/dev/null"], {}, "/dev/null"),
    ],
)
def test_wrong_use(within: Within, place: Path, options: list[str], settings: dict[str, str], message: str) -> None:
    done = within(main, *command(place, *options)[3:], **settings)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert len(Store(place / "index").current().documents) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("profile.toml", "headline = 3", ": headline is not a text"),
        ("aliases.toml", "same = [", ", line 1: same is a list that lacks a comma or its end"),
    ],
)
def test_a_broken_file_of_the_owner_is_named_by_its_path(
    within: Within, place: Path, name: str, text: str, said: str
) -> None:
    write(place / "corpus" / name, text)
    done = within(main, *command(place)[3:])
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {place / 'corpus' / name}{said}")
    assert done.stderr.count("\n") == 1


def test_unknown_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--x"])
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "python -m ingest: error: unrecognized arguments: --x; python -m ingest --help lists the options\n"
    )


def test_wrong_use_is_the_process_s_exit_status(place: Path) -> None:
    done = ingest(place, "--corpus", "/nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the corpus folder /nowhere does not exist")
    assert done.stderr.count("\n") == 1


def test_a_second_ingest_says_who_holds_the_index(place: Path) -> None:
    with lock.held(place / "index"):
        done = ingest(place)
    assert done.returncode == 4
    assert f"process {os.getpid()} on " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_progress_bar_on_a_terminal(place: Path) -> None:
    write(place / "corpus/new.md", "# New\n\nWords.\n")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(place), stdout=subprocess.PIPE, stderr=theirs, cwd=HOME, env=environment(TERM="xterm")
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                some = os.read(ours, 4096)
            except OSError:
                break
            if not some:
                break
            seen += some
        assert process.wait() == 0
    os.close(ours)
    for what in (b"reading", b"embedding", b"writing"):
        assert what in seen


def test_interrupted(place: Path) -> None:
    """As Ctrl-C does, in the middle of the work."""
    write(place / "corpus/new.md", "".join(f"# New {i}\n\nWords {i}.\n" for i in range(3000)))  # all to be embedded
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    process = subprocess.Popen(
        command(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HOME, env=environment()
    )
    signal.signal(signal.SIGINT, handler)
    while not (place / "index/lock").read_text().startswith(f"process {process.pid} "):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert stderr == "interrupted; the index is as it was\n"
    assert len(Store(place / "index").current().documents) == 2


def test_an_interrupt_that_a_callback_drops() -> None:
    """As one that comes while modules are imported: the next step heeds it."""
    steps: list[int] = []
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with _interruptible(lambda _what, done, _of: steps.append(done)) as step:
            step("reading", 1, 3)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                step("reading", 2, 3)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert steps == [1]


def test_a_closed_pipe(place: Path) -> None:
    write(place / "corpus/long.txt", "word " * 100_000)
    shell = " ".join(command(place, "--show", "long.txt")) + " | head -c 5"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, cwd=HOME, env=environment(), check=True)
    assert (done.stdout, done.stderr) == ("word ", "")


def test_it_works_from_another_folder(place: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "--corpus", "corpus", "--index", "index", "--json"],
        capture_output=True,
        text=True,
        cwd=place,
        env=environment(PYTHONPATH=str(HOME)),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["published"] is False
