"""The judge of the suite: mutants are what they say, isolated, and found by vectors."""

from __future__ import annotations

import ast
import json
import os
import sys
import time
from collections.abc import Callable

import pytest
from lkproto_conformance.protocol import Broken, Reply
from lkproto_conformance.vectors import Vector, load, vectors_folder
from mutants import __main__ as command
from mutants.cases import Case, all_cases, verdict
from mutants.forked import Code, Forked, Variant
from mutants.hook import installed
from mutants.judge import Outcome, judged, order
from mutants.modules import Module, all_modules
from mutants.page import BEGIN, END, PAGE, generated, update
from mutants.pool import Lost, WorkerError, in_workers
from mutants.population import Source, chosen, matching, population, sources
from mutants.probes import PROBE, probed
from mutants.reach import measure
from mutants.report import (
    RESULT,
    ListError,
    Survivor,
    annotated,
    canonical,
    document,
    rate,
    read_survivors,
    renewed,
    stale,
    unlisted,
    unmatched,
)
from mutants.sites import mutants_of, mutated, statements

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def changes(source: str, operator: str) -> list[str]:
    tree = ast.parse(source)
    found = [each for each in mutants_of(tree, "m.py") if each.operator == operator]
    return [each.becomes for each in found]


def function(body: str) -> str:
    return f"def f(a, b):\n    {body}\n"


@pytest.mark.parametrize(
    ("operator", "body", "becomes"),
    [
        ("compare", "return a < b <= 1", ["a <= b <= 1", "a < b < 1"]),
        ("compare", "return a is b", ["a is not b"]),
        ("compare", "return a not in b", ["a in b"]),
        ("boolean", "return a and b", ["a or b"]),
        ("boolean", "return not a", ["a"]),
        ("branch", "return 1 if a else b", ["1 if True else b", "1 if False else b"]),
        ("branch", "return [x for x in a if x]", ["for x in a"]),
        ("number", "return 4", ["5", "3"]),
        ("number", "return True", []),
        ("number", "return 1e21", []),
        ("flag", "return True", ["False"]),
        ("text", "return 'ab'", ["'abx'", "''"]),
        ("text", "return b'ab'", ["b'abx'", "b''"]),
        ("text", "return 'two words'", []),
        ("arithmetic", "return a + -b", ["a - -b", "b"]),
        ("arithmetic", "a <<= b", ["a >>= b"]),
        ("return", "return a", ["return None"]),
        ("return", "return None", []),
        ("return", "return False", []),
        ("assign", "a = b", ["a = None"]),
        ("call", "a(b)", ["pass"]),
        ("raise", "raise a", ["pass"]),
        ("arguments", "return a(b, 1)", ["a(1, b)"]),
        ("arguments", "return a(b, b)", []),
        ("keyword", "return a(b, c=1, **b)", ["a(b, **b)"]),
        ("slice", "return a[1:b]", [":b", "1:"]),
    ],
)
def test_an_operator_makes_what_it_says(
    operator: str, body: str, becomes: list[str]
) -> None:
    assert changes(function(body), operator) == becomes


def test_an_except_is_left_out_with_its_body_and_the_try_stays_for_others() -> None:
    one = "try:\n    a()\nexcept E:\n    b()\n"
    assert changes(one, "except") == ["if True: a()"]
    two = "try:\n    a()\nexcept E:\n    b()\nexcept F:\n    c()\n"
    assert changes(two, "except") == [
        "try: a() except F: c()",
        "try: a() except E: b()",
    ]


def test_break_and_continue_change_places() -> None:
    loop = "for a in b:\n    if a:\n        break\n    continue\n"
    assert changes(loop, "loop") == ["continue", "break"]


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""\n',
        "def f(a: int = ...) -> list[int]:\n    '''Word'''\n",
        "a: Literal['x']\n",
        "TYPE_CHECKING: bool = False\nif TYPE_CHECKING:\n    a = 1\n",
        "class A:\n    __slots__ = ('a',)\n    def __repr__(self):\n        return 'a'\n",
        "assert 1 < 2, 'a'\n",
        "import a.b as c\n",
        "warnings.warn('x', B, stacklevel=2)\n",
        "@cache(maxsize=1)\ndef f():\n    '''It.'''\n",
        "T = TypeVar('T')\n",
    ],
)
def test_what_no_run_can_judge_has_no_mutants(source: str) -> None:
    assert not [each.id for each in mutants_of(ast.parse(source), "m.py")]


def test_the_words_of_an_error_are_not_changed_but_whether_it_is_raised() -> None:
    found = mutants_of(ast.parse("raise AError('x', 1)\n"), "m.py")
    assert [each.operator for each in found] == ["raise"]


def test_ids_name_the_function_and_do_not_change_with_code_elsewhere() -> None:
    text = "class A:\n    def f(self, a):\n        return a < 1\n"
    before = [each.id for each in mutants_of(ast.parse(text), "m.py")]
    other = "def g(a):\n    return a < 1 < a\n\n\n" + text
    after = [each.id for each in mutants_of(ast.parse(other), "m.py")]
    assert "m.py:A.f:compare:1" in before
    assert [each for each in after if ":A.f:" in each] == before


@pytest.fixture(scope="module")
def given() -> list[Source]:
    return sources()


def test_ids_are_unique_and_each_mutant_compiles_to_other_code(
    given: list[Source],
) -> None:
    ids = [each.id for source in given for each in source.mutants]
    assert len(ids) == len(set(ids))
    for source in given[:4]:
        tree = source.module.tree()
        for number in range(0, len(source.mutants), 29):
            tree = source.module.tree()
            found = [*mutants_of(tree, source.module.path)]
            mutant = next(m for m in found if m.id == source.mutants[number].id)
            before = ast.dump(tree)
            changed = mutated(tree, mutant)
            assert ast.dump(changed) != before, mutant.id
            compile(changed, "m.py", "exec")


def test_a_choice_is_spread_over_modules_and_the_same_each_time(
    given: list[Source],
) -> None:
    every = [each for source in given for each in source.mutants]
    few = chosen(every, "a", len(every) // 10)
    assert few == chosen(every, "a", len(every) // 10)
    assert few != chosen(every, "b", len(every) // 10)
    for source in given:
        part = sum(each.path == source.module.path for each in few)
        assert abs(part - len(source.mutants) / 10) <= 1


def test_a_choice_does_not_change_with_another_module(given: list[Source]) -> None:
    every = [each for source in given[:5] for each in source.mutants]
    less = [each for each in every if each.path != given[0].module.path]
    before = {each.id for each in chosen(every, "a", 50)}
    after = {each.id for each in chosen(less, "a", 40)}
    kept = {each for each in before if given[0].module.path not in each}
    assert len(kept & after) > 0.8 * len(kept)


def test_a_pattern_selects_ids(given: list[Source]) -> None:
    every = [each for source in given for each in source.mutants]
    found = matching(every, "auth/_grants.py")
    assert found
    assert {each.path for each in found} == {"auth/_grants.py"}
    assert {each.operator for each in matching(every, "*:compare:*")} == {"compare"}


def changed(source: str) -> Callable[[ast.Module], ast.Module]:
    """A change that adds code at the end of a module."""

    def change(tree: ast.Module) -> ast.Module:
        tree.body += ast.parse(source).body
        return tree

    return change


def test_the_hook_makes_a_second_package_and_leaves_nothing() -> None:
    import lkproto
    from lkproto import ids

    loaded, finders = dict(sys.modules), list(sys.meta_path)
    change = changed("new_guid = lambda prefix: 'changed'")
    with installed({"lkproto.ids": change}):
        from lkproto import ids as others

        assert others is not ids
        assert others.new_guid("TR_") == "changed"
    assert sys.modules == loaded
    assert sys.meta_path == finders
    assert lkproto.ids is ids
    assert ids.new_guid("TR_") != "changed"


def test_probes_note_each_statement_that_runs() -> None:
    tree = ast.parse(
        "'''D'''\nfrom __future__ import annotations\na = 1\nif a > 1:\n    b = 2\n"
    )
    numbers = statements(tree)
    assign, branch, inner = tree.body[2], tree.body[3], tree.body[3].body[0]
    seen: set[int] = set()
    exec(compile(probed(tree, 0), "m.py", "exec"), {PROBE: seen.add})
    assert {numbers[assign], numbers[branch]} <= seen
    assert numbers[inner] not in seen


VECTORS = load(vectors_folder()).vectors


def vector(name: str) -> Vector:
    return next(each for each in VECTORS if each.id == name)


def of_operation(op: str) -> list[Case]:
    return [each for each in all_cases(VECTORS) if each.vector.op == op]


def asked(code: Code, case: Case, seconds: float = 10) -> str:
    process = Forked(code, seconds)
    try:
        broken = process.start()
        return broken.verdict if broken else verdict(process, case).name
    finally:
        process.stop()


def test_code_as_it_is_passes() -> None:
    case = of_operation("wire.roundtrip")[0]
    assert asked(Code(), case) == "pass"
    assert asked(Code(exact=True), case) == "pass"


def test_a_mutant_cannot_fool_the_judge() -> None:
    lies = (
        "Message.__eq__ = lambda self, other: True\n"
        "Message.to_text = lambda self, **_: ''\n"
        "Message.to_bytes = lambda self, **_: b''\n"
    )
    code = Code({"lkproto._runtime.message": changed(lies)})
    case = next(
        each
        for each in of_operation("wire.roundtrip")
        if each.vector.result == "valid" and each.vector.expect["output"]
    )
    assert asked(code, case) == "fail:mismatch"


def test_a_testee_with_new_verdicts_is_judged_by_the_old_ones() -> None:
    lies = (
        "import lkproto_conformance.judging.verdict as v\nv.PASSES = v.judge = None\n"
    )
    code = Code({"lkproto.ids": changed(lies + "redact = None\n")})
    assert asked(code, of_operation("guid.check")[0]) == "pass"
    assert Case(vector(VECTORS[0].id), "strict", "sync").vector.id == VECTORS[0].id


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def marshal_guid(_):\n    while True: pass\n", "timeout"),
        ("def marshal_guid(_):\n    import os; os._exit(3)\n", "crash"),
        ("def marshal_guid(_):\n    raise BaseException\n", "crash"),
        ("def marshal_guid(_):\n    return bytes(1 << 40)\n", "error"),
        ("1 / 0\n", "import"),
    ],
)
def test_code_that_hangs_ends_or_breaks_is_found(source: str, found: str) -> None:
    begun = time.monotonic()
    code = Code({"lkproto.ids": changed(source)})
    assert asked(code, of_operation("guid.check")[0], 1) == found
    assert time.monotonic() - begun < 30


def test_a_process_that_ended_answers_as_one_that_ended() -> None:
    process = Forked(Code())
    assert process.start() is None
    process.stop()
    assert isinstance(process.ask("sync", "guid.check", {"input": ""}, "a"), Broken)


def test_a_forked_process_answers_plain_data() -> None:
    process = Forked(Code())
    process.start()
    answer = Variant(process, "sync").ask("guid.check", {"input": "TR_abc"}, "a")
    process.stop()
    assert isinstance(answer, Reply)
    assert json.loads(json.dumps(answer.body)) == answer.body


def test_the_fast_codec_must_not_leave_ordinary_messages_to_the_exact_one() -> None:
    slow = "def encoder(cls):\n    return lambda message: {}[0]\n"
    code = Code({"lkproto._runtime.straight.codec": changed(slow)})
    vector = next(
        each.vector
        for each in of_operation("wire.roundtrip")
        if each.vector.result == "valid"
    )
    assert asked(code, Case(vector, "strict", "sync")) == "pass"
    assert asked(code, Case(vector, "strict", "straight")) == "error"


def test_vectors_that_reach_a_planted_fault_kill_it() -> None:
    source = next(s for s in sources() if s.module.path == "ids.py")
    reach = measure(all_modules(), of_operation("guid.check"), 1)
    assert not reach.failed
    mutant = next(each for each in source.mutants if each.function == "marshal_guid")
    outcome = judged(source, mutant, reach)
    assert outcome.killed
    assert outcome.by == "guid.check"


def test_only_cases_that_reach_the_module_are_asked() -> None:
    found = {each.module.path: each for each in sources()}
    cases = of_operation("guid.check") + of_operation("kind.parse")
    reach = measure(all_modules(), cases, 2)
    ids, grants = found["ids.py"], found["auth/_grants.py"]
    mutant = next(each for each in ids.mutants if each.function == "marshal_guid")
    assert {each.vector.op for each in order(ids, mutant, reach)} == {"guid.check"}
    other = next(each for each in grants.mutants if each.function != "module")
    assert "guid.check" not in {e.vector.op for e in order(grants, other, reach)}


def test_workers_return_results_and_spoil_nothing() -> None:
    spoilt: list[int] = []

    def work(number: int) -> int:
        spoilt.append(number)
        return number * number

    found = dict(in_workers([1, 2, 3], work, jobs=2, seconds=30))
    assert found == {1: 1, 2: 4, 3: 9}
    assert not spoilt


def test_a_worker_that_takes_too_long_is_ended() -> None:
    found = dict(in_workers([30], time.sleep, jobs=1, seconds=0.2))
    assert isinstance(found[30], Lost)


def test_a_worker_that_fails_says_why() -> None:
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        list(in_workers([0], lambda number: 1 // number, jobs=1, seconds=30))


def test_a_worker_that_dies_is_an_error() -> None:
    with pytest.raises(WorkerError, match="ended without a result"):
        list(in_workers([7], os._exit, jobs=1, seconds=30))


def test_a_list_of_survivors_with_a_mistake_is_refused(tmp_path) -> None:
    path = tmp_path / "survivors.toml"
    for text in (
        *("[", "a = 1\n", '["a"]\n', '["a"]\nkind = "gap"\nwhy = 1\n'),
        *('["a"]\nkind = "other"\nwhy = "b"\n', '["a"]\nkind = "gap"\nwhy = ""\n'),
    ):
        path.write_text(text)
        with pytest.raises(ListError, match=r"survivors\.toml"):
            read_survivors(path)
    path.write_text('["a"]\nwhy = "b"\nkind = "gap"\n')
    assert read_survivors(path) == {"a": Survivor("gap", "b")}


def test_survivors_that_are_new_killed_or_gone_are_reported(
    given: list[Source],
) -> None:
    one, other = given[0].mutants[:2]
    results = [(one, Outcome()), (other, Outcome("token.verify"))]
    listed = {other.id: Survivor("free", "b"), "gone": Survivor("gap", "c")}
    assert unlisted(results, listed) == [one]
    assert stale(results, listed) == [other]
    assert unmatched([one, other], listed) == ["gone"]
    assert command._reported(results, [one], [], []) == 1
    assert command._reported(results, [], [other], []) == 1
    assert command._reported(results, [], [], ["gone"]) == 1
    assert command._reported(results, [], [], []) == 0
    result = document(results, {one.id: Survivor("free", "b")})
    assert (result["mutants"], result["killed"], rate(result)) == (2, 1, 1.0)
    assert rate(document(results, {one.id: Survivor("gap", "b")})) == 0.5


def test_those_that_survived_can_be_judged_again(given: list[Source]) -> None:
    one, other = given[0].mutants[0], given[1].mutants[0]
    killed = Outcome("token.verify")
    before = document([(one, killed), (other, Outcome())], {})
    again = document([(other, killed)], {})
    assert renewed(before, again) == document([(one, killed), (other, killed)], {})


def test_reasons_are_written_into_a_result_that_is_there(given: list[Source]) -> None:
    one = given[0].mutants[0]
    listed = {one.id: Survivor("gap", "b")}
    result = document([(one, Outcome())], {})
    assert annotated(result, listed) == document([(one, Outcome())], listed)
    with pytest.raises(ListError, match=r"1 survivors are not in survivors\.toml"):
        annotated(result, {})


def test_show_prints_the_difference(capsys) -> None:
    assert command.main(["show", "ids.py:marshal_guid:return:1"]) == 0
    assert "+            return None" in capsys.readouterr().out
    assert command.main(["show", "none"]) == 2
    assert command.main(["run", "--seed", "1"]) == 2


def test_the_committed_result_is_of_this_population_and_kills_nearly_all(
    given: list[Source],
) -> None:
    text = RESULT.read_text("utf-8")
    result, listed = json.loads(text), read_survivors()
    assert canonical(result) == text
    mutants = population(given)
    assert result["mutants"] == len(mutants) >= 300
    assert rate(result) >= 0.95
    survivors = {each["id"]: each for each in result["survivors"]}
    assert survivors.keys() == listed.keys() <= {each.id for each in mutants}
    assert {name: (each["kind"], each["why"]) for name, each in survivors.items()} == {
        name: (each.kind, each.why) for name, each in listed.items()
    }


def test_the_page_has_what_is_generated() -> None:
    text = PAGE.read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == generated()


def test_a_page_without_markers_is_refused(tmp_path) -> None:
    path = tmp_path / "page.md"
    path.write_text("words")
    with pytest.raises(ListError, match=r"page\.md lacks"):
        update(path)
    assert path.read_text() == "words"


def test_every_module_of_the_list_exists() -> None:
    assert all(Module(each.path).file.is_file() for each in all_modules())
