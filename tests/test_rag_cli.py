import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from within import Within

from rag.__main__ import main
from rag.assistant import Assistant
from tests.conftest import HOME, NURSE, written


@pytest.fixture(scope="module")
def index(
    assistant_over: Callable[[Path, Path], Assistant], cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    assistant_over(written(NURSE, folder / "corpus"), folder / "index")
    (folder / "index" / "models").symlink_to(cache)
    return folder / "index"


def rag(
    *arguments: str | Path, cwd: Path | None = None, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("RESUME_")}
    return subprocess.run(
        [sys.executable, "-m", "rag", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd or HOME,
        input=given,
        env=clean | {"PYTHONPATH": str(HOME)} | environment,
    )


def test_an_answer_with_its_sources_from_another_folder(index: Path, tmp_path: Path) -> None:
    done = rag("How many beds does the ward have?", "--index", index, cwd=tmp_path)
    assert done.returncode == 0
    assert "34 beds" in done.stdout
    assert "[1] resume.md" in done.stdout


def test_a_question_without_quotes(index: Path) -> None:
    done = rag("How", "many", "beds", "--index", index, "does", "the", "ward", "--json", "have?")
    assert json.loads(done.stdout)["question"] == "How many beds does the ward have?"


def test_json(index: Path) -> None:
    answer = json.loads(rag("How many beds?", "--index", index, "--json", "--top-k", "2").stdout)
    assert answer["decision"] == "answer"
    assert len(answer["hits"]) == 2


def test_a_batch_answers_in_order_and_survives_bad_lines(index: Path) -> None:
    lines = [
        '{"id": "a", "question": "How many beds does the ward have?"}',
        "not json",
        '{"id": "c"}',
        "",
        '{"id": "d", "question": "And at Riverside Clinic?", "history": [["What about Santa Clara Hospital?", "x"]]}',
        '{"id": "e", "question": "x", "history": [["one"]]}',
        '{"id": "f", "question": "\\ud800"}',
        "[1]",
    ]
    done = rag("--batch", "-", "--index", index, given="\n".join(lines))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [r["id"] for r in rows] == ["a", None, "c", "d", "e", "f", None]
    assert [sorted(r) == ["error", "id"] for r in rows] == [False, True, True, False, True, True, True]
    assert "question" in rows[2]["error"]
    assert "history" in rows[4]["error"]


@pytest.mark.parametrize(
    ("arguments", "environment", "named"),
    [
        (["q", "--index", "nowhere"], {}, "python -m ingest"),
        (["q", "--top-k", "0"], {}, "error: --top-k 0: "),
        (["q"], {"RESUME_TOPK": "3"}, "RESUME_TOPK"),
        (["q"], {"RESUME_PORT": "many"}, "RESUME_PORT"),
        (["q", "--batch", "-"], {}, "--batch"),
        (["--batch", "nowhere.jsonl"], {}, "nowhere.jsonl"),
        (["q", "--top-k", "many"], {}, "python -m rag: error: argument --top-k: invalid int value: 'many'; python -m"),
        (["q", "--ind", "x"], {}, "unrecognized arguments: --ind x"),
        (["q", "--x\ny"], {}, "unrecognized arguments: --x y"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    within: Within, arguments: list[str], environment: dict[str, str], named: str
) -> None:
    done = within(main, *arguments, **environment)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr


def test_a_mistake_is_the_process_s_exit_status() -> None:
    done = rag("q", "--index", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no index in")
    assert done.stderr.count("\n") == 1


def test_the_prompt_keeps_the_thread(index: Path) -> None:
    done = rag("--index", index, given="What did she do at Santa Clara Hospital?\nAnd at Riverside Clinic?\n")
    assert done.returncode == 0
    assert "34 beds" in done.stdout
    assert "wound care" in done.stdout


def test_help_does_not_load_the_world() -> None:
    code = "import sys; sys.argv = ['rag', '--help']\nimport runpy\ntry: runpy.run_module('rag', run_name='__main__')\n"
    code += "except SystemExit: pass\n"
    code += "print(sorted({'numpy', 'chromadb', 'pydantic', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HOME)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_question_needs_neither_torch_nor_chroma_nor_the_network(index: Path) -> None:
    code = (
        "import sys, socket\n"
        "def no(*a, **k): raise OSError('no network here')\n"
        "socket.socket.connect = no\n"
        "from rag.__main__ import main\n"
        "main(['How many beds does the ward have?', '--index', sys.argv[1]])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'chromadb'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(index)], capture_output=True, text=True, check=True, cwd=HOME
    )
    assert "34 beds" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_reader_may_leave_early(index: Path) -> None:
    lines = '{"question": "How many beds?"}\n' * 50
    command = [sys.executable, "-m", "rag", "--batch", "-", "--index", str(index)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HOME
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(lines)
        process.stdin.close()
        process.stdout.readline()
        process.stdout.close()
        started = time.monotonic()
        assert "Traceback" not in process.stderr.read()
        assert time.monotonic() - started < 60
