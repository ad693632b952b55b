import pytest

from rag.errors import ResumeError
from rag.lexicon import load

LEXICON = load()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("does she know rust?", ("Rust",)),
        ("go developer wanted", ("Go",)),
        ("did he go to Berlin?", ()),
        ("Can you express why he left?", ()),
        ("Rust?", ("Rust",)),
        ("Docker or k8s?", ("Docker", "k8s")),
        ("has he used c++?", ("C++",)),
        ("Python, R and SQL?", ("Python", "R", "SQL")),
        ("node.js experience", ("Node.js",)),
        ("What Did She Express In Her Talks?", ()),
        ("Spring Boot?", ("Spring Boot",)),
        ("CI/CD experience?", ("CI/CD",)),
    ],
)
def test_names_in_a_question(question: str, names: tuple[str, ...]) -> None:
    assert set(LEXICON.named_in(question)) == set(names)


def test_words_count_only_with_their_capital() -> None:
    assert LEXICON.mentioned("Go", "Wrote it in Go.")
    assert not LEXICON.mentioned("Go", "Ready to go.")
    assert LEXICON.mentioned("Kubernetes", "moved to k8s")


def test_a_name_of_two_groups_has_the_aliases_of_both() -> None:
    assert {"product manager", "project manager"} <= set(LEXICON.aliases("PM"))
    assert "project manager" not in LEXICON.aliases("product manager")


@pytest.mark.parametrize(
    ("name", "concept"),
    [("AML", "money laundering"), ("TDD", ""), ("k8s", ""), ("product manager", ""), ("Docker", "")],
)
def test_concept(name: str, concept: str) -> None:
    assert LEXICON.concept(name) == concept


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("moved off Microsoft's hosting?", "moved off Azure?"),
        ("any servers at amazon", "any servers at amazon"),
        ("hosting moved from microsoft to google", "hosting moved from Azure to google"),
        ("Did they work at Microsoft?", "Did they work at Microsoft?"),
    ],
)
def test_a_cloud_is_called_by_its_maker(question: str, read: str) -> None:
    assert LEXICON.hosted(question, {"Azure", "AWS", "Amazon"}.__contains__) == read


def test_rewrite_takes_what_the_documents_hold() -> None:
    assert LEXICON.rewrite("any k8s work?", lambda n: n == "Kubernetes") == "any Kubernetes work?"
    assert LEXICON.rewrite("any k8s work?", lambda n: n == "k8s") == "any k8s work?"
    assert LEXICON.rewrite("gaps in her CV?", lambda _: False) == "gaps in her CV?"


@pytest.mark.parametrize(
    ("question", "attribute"),
    [
        ("What's her salary expectation?", "salary"),
        ("How much does he charge?", "salary"),
        ("his day rate?", "salary"),
        ("Does she need a visa?", "work permit"),
        ("Can he work in the US?", "work permit"),
        ("Does he require sponsorship?", "work permit"),
        ("How old is she?", "age"),
        ("When could she start?", "availability"),
        ("Is he available?", "availability"),
        ("notice period?", "availability"),
        ("Would she relocate?", "relocation"),
        ("Is he open to remote work?", "working arrangement"),
        ("phone number please", "phone"),
        ("How can I reach her?", "contact"),
        ("how do I reach out to them", "contact"),
        ("what's her email?", "e-mail address"),
        ("His address?", "home address"),
        ("Is she married?", "family"),
        ("Does he have kids?", "children"),
        ("Who did she vote for?", "belief"),
        ("Any health issues? Does he have any illness?", "health"),
        ("What are their pronouns?", "gender"),
    ],
)
def test_personal_attributes(question: str, attribute: str) -> None:
    found = LEXICON.private_in(question)
    assert found is not None
    assert found.name == attribute


@pytest.mark.parametrize(
    "question",
    """How many nurses does she manage?
What did he do on the visa payments integration?
Tell me about the age verification work
Who designed the salary service?
Did she handle payroll and salaries?
What phone app did he build?
phone support experience?
Who built the call centre?
What was the start date of the project?
What is his start date at Kestrel?
Was he in charge of relocating servers?
Has he implemented remote procedure calls?
How does remote sensing feature in her work?
Has he built single sign-on?
What children's products did he make?
Has she taught children with disabilities?
Did he work on political campaigns software?
income tax software?
What age group were the users?
Was the service highly available?
Is high availability part of her work?
What temperature compensation did he use?
Which sponsorship deals did she close?
Has she cared for senior citizens?
Did she write email templates?
gender pay gap research?
Can he work in a team?
Does she diagnose heart failure?
What did food cost before?
What did she want him to do?
What did he make as his final project?
What was the hourly rate of the divers?
Is he a full-time lecturer at the college?
Why did she quit the profession?
How did the engine reach 90% accuracy?
How far did the campaign reach?
How did the app reach Android users?
How did the start-up reach Series B?
How did she reach out to rural clinics?""".splitlines(),
)
def test_work_is_no_personal_attribute(question: str) -> None:
    found = LEXICON.private_in(question)
    assert found is None, found.name


@pytest.mark.parametrize(
    ("name", "said"),
    [("phone", "Call +49 30 1234567"), ("e-mail address", "ngozi@school.example"), ("salary", "Salary: 60k")],
)
def test_stated_attributes(name: str, said: str) -> None:
    assert LEXICON.private[name].stated.search(said)
    assert not LEXICON.private[name].stated.search("Wrote 2019-03-15 firmware for 400 devices")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("location", "I have lived in Utrecht since 2015."),
        ("birthplace", "I grew up in Nador."),
        ("children", "My son is four."),
        ("relocation", "I would not move the family."),
        ("working arrangement", "Home office: two days a week"),
    ],
)
def test_what_a_person_says_of_themself_is_stated(name: str, said: str) -> None:
    assert LEXICON.private[name].stated.search(said)
    assert not LEXICON.private[name].stated.search("Moved the billing service to Kubernetes and taught children")


def test_a_word_is_not_replaced_by_what_an_abbreviation_stands_for() -> None:
    assert LEXICON.rewrite("acceptance tests?", lambda _: False) == "acceptance tests?"
    assert LEXICON.rewrite("UAT?", lambda n: n == "acceptance tests") == "acceptance tests?"


def test_own_names_are_added() -> None:
    own = load(
        'same = [["Zephyr", "zephyr-rtos"]]\nalso_words = ["Zephyr"]\n[kinds]\n"operating system" = ["Zephyr"]\n'
    )
    assert own.named_in("has he used zephyr?") == ("Zephyr",)
    assert own.kind_in("which operating systems?") == "operating system"
    assert LEXICON.named_in("has he used zephyr?") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("same = [", r"^corpus/aliases.toml, line 1: same is a list that lacks a comma or its end"),
        ('same = [\n  ["Go", "Golang"]\n  ["K8s"],\n]', "line 1: same is a list .* commas between its entries"),
        ('also_words = ["Go"]\nsame = [[“Go”]]', "line 2: same cannot be read; .*straight quotes"),
        ('also_words = ["Go"]\nalso_words = ["Rust"]', "line 2: also_words is given twice; keep one"),
        ('[kinds]\n"infusion pump" = Alaris', "line 2: infusion pump cannot be read"),
        ('[kinds]\na = ["b"]\n[kinds]', "line 3: kinds is given twice"),
        ("colours = []", "colours is not known; remove it, or use one of same, also_words, kinds, sections"),
        ("[private.salary]", "private is not known"),
        ("same = {a = 1}", r"same: .* is not a list of names; write same = \[\[.Kubernetes"),
        ('same = ["Go", "Golang"]', "same: 'Go' is not a list of names"),
        ('same = [["a", 2]]', "is not a list of names"),
        ('also_words = "Go"', "also_words: 'Go' is not a list of names"),
        ('[kinds]\nx = ["", "b"]', "is not a list of names"),
        ('kinds = [["b"]]', r"kinds: .* is not a list of names; write .* below a line \[kinds\]"),
    ],
)
def test_own_file_that_does_not_fit(text: str, message: str) -> None:
    with pytest.raises(ResumeError, match=message) as caught:
        load(text)
    assert "\n" not in str(caught.value)
