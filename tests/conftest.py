import datetime as dt
import os
import shutil
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from served import Served
from within import Within

from ingest.sync import Model, sync
from rag import answerable, embed, frequency, intent, lexicon, profile
from rag.assistant import Assistant
from rag.embedder import Embedder
from rag.settings import Settings
from rag.store import Store

HOME = Path(__file__).parent.parent
TODAY = dt.date(2026, 1, 15)

hypothesis_settings.register_profile("ours", deadline=None)  # no test asserts a time
hypothesis_settings.load_profile("ours")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that take long begin; a worker that is done with one takes the next."""
    long = {item.path for item in items for mark in item.iter_markers() if mark.name in {"slow", "llm", "browser"}}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest) -> Path:
    """One exported graph for all runs and all workers."""
    return Path(request.config.cache.mkdir("models"))


@pytest.fixture(scope="session")
def embedder(cache: Path) -> Embedder:
    return embed.load("", cache)


@pytest.fixture(scope="session")
def assistant_over(embedder: Embedder) -> Callable[[Path, Path], Assistant]:
    """Index a folder for real, and answer from it."""
    words, sure, about_career = frequency.load(embed.tokenizer()), answerable.load(True), intent.load()

    def make(corpus: Path, index: Path) -> Assistant:
        sync(corpus, index, Model(embedder.name, embedder.fingerprint, lambda: embedder))
        store = Store(index)
        return Assistant(
            store.current, embedder, words, lexicon.load, profile.parse, sure, today=TODAY, intent=about_career
        )

    return make


@pytest.fixture(scope="session")
def shipped(assistant_over: Callable[[Path, Path], Assistant], shipped_index: Path, together: Path) -> Assistant:
    """Answers from the corpus of this repository; the first worker that wants it indexes it."""
    with FileLock(together / "shipped.lock"):
        return assistant_over(HOME / "corpus", shipped_index)


@pytest.fixture(scope="session")
def shipped_index(together: Path) -> Path:
    """The folder of the index that `shipped` answers from."""
    return together / "shipped"


NURSE = {
    "resume.md": """
        # Ines Okafor

        Porto | ines@okafor.example | +351 912 345 678

        ## Experience

        ### Ward Manager, Santa Clara Hospital
        March 2021 – present | Porto

        - Manages a ward of 34 beds and a team of 21 nurses.
        - Cut falls by 30% within a year through hourly rounding.

        ### Staff Nurse, Riverside Clinic
        2016 – 2020 | Leeds

        - Introduced electronic medication charts (EMAR) on two wards.
        - Trained six newcomers in wound care.

        ## Education

        - BSc Nursing, University of Porto, 2015

        ## Languages

        - Portuguese (native)
        - English (fluent)
    """,
    "articles/handover.md": """
        ---
        title: Handovers that work
        date: 2023-05-02
        ---

        A handover is a conversation, not a monologue. We went from twenty minutes to eight by writing down only what
        changed. These are the rules we kept:

        - Name the patient first.
        - Say what you are worried about.
    """,
    "notes/secret.md": """
        ---
        visibility: private
        ---

        Ines wants to leave for Zurich in autumn and asks for 95,000.
    """,
    "profile.toml": 'display_name = "Ines Okafor"\ncontact = "ines@okafor.example"',
}


def written(files: Mapping[str, str], folder: Path) -> Path:
    """The files, with their indentation taken off, in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def nurse(
    assistant_over: Callable[[Path, Path], Assistant], cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Assistant:
    """Answers from a small resume, an article and a private note."""
    folder = tmp_path_factory.mktemp("nurse")
    (folder / "index").mkdir()
    (folder / "index" / "models").symlink_to(cache)  # for commands over this index: an export takes long
    return assistant_over(written(NURSE, folder / "corpus"), folder / "index")


@pytest.fixture
def within(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Within:
    """Runs a program's `main` in this process."""
    return Within(monkeypatch, capsys)


Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def nurse_index(nurse: Assistant) -> Path:
    """The folder of the index that `nurse` answers from."""
    return nurse.snapshot().generation._folder.parent.parent


@pytest.fixture
def serve(nurse: Assistant, nurse_index: Path, tmp_path: Path) -> Iterator[Serve]:
    """Serve the nurse's documents, with settings of one's own; all that was served ends with the test."""
    with ExitStack() as stack:

        def start(make: Callable[[Settings], Assistant] = lambda _: nurse, **settings: object) -> Served:
            defaults: dict[str, object] = {"index": nurse_index, "state": tmp_path / "state"}
            return stack.enter_context(Served(make=make, **defaults | settings))  # type: ignore[arg-type]

        yield start


@pytest.fixture(scope="module")
def site(nurse: Assistant, nurse_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The nurse's page, shared by a module's tests."""
    with Served(nurse_index, tmp_path_factory.mktemp("state"), lambda _: nurse) as served:
        yield served.ready()


CHROMIUM = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
    " --disable-sync"
).split()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium; a fresh profile each time."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed; `make test` installs it, or: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go: `out/shots`, which is not part of the repository."""
    folder = HOME / "out" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
