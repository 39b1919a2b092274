"""The plugin, through real pytest: outcome, exit code and evidence."""

from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import LeastShop, Project
from updategate.evidence.records import Provenance, RunStarted
from updategate.evidence.writer import EvidenceWriter

ALL_PASS = """
import pytest

@pytest.mark.process("CHK-001")
def test_guest(): pass

@pytest.mark.process("CHK-002")
@pytest.mark.parametrize("quantity", [1, 10])
def test_customer(quantity): pass

@pytest.mark.process("CAT-001")
def test_listing(): pass
"""


def test_without_a_shop_the_plugin_leaves_other_tests_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_something(): pass")
    result = pytester.runpytest_subprocess("-p", "no:locust", "--strict-markers")
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert not (pytester.path / "reports").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist", "loadgroup")])
def test_each_process_has_one_record_whatever_the_workers(project: Project, workers: tuple[str, ...]) -> None:
    project.write("suites/test_all.py", ALL_PASS)
    result = project.run(*workers)
    assert result.ret == 0
    evidence = project.evidence
    assert evidence.defects == ()
    assert project.statuses == {"CHK-001": "passed", "CHK-002": "passed", "CAT-001": "passed"}
    assert [case.case for case in evidence.processes["CHK-002"][0].cases] == ["1", "10"]
    assert evidence.started is not None
    assert evidence.started.build is not None
    assert evidence.started.build.core == "6.6.7.1"
    assert evidence.started.capabilities == ("admin", "storefront")
    assert evidence.finished is not None
    assert evidence.finished.counts == {"passed": 3}


def test_what_a_plugin_touches_is_critical_in_this_run(project: Project) -> None:
    project.write("suites/test_all.py", ALL_PASS)
    compat = EvidenceWriter(project.pytester.path / "compat", "compat")
    where = Provenance(environment="test", stage="compat", url="", machine="m", tool_version="0", python="3")
    areas = {"AcmeListing": ["catalogue"]}
    compat.write(RunStarted(kind="compat", scope="compat", environment={"areas": areas}, provenance=where))
    compat.finish(None)
    assert project.run("--compat", "compat").ret == 0
    assert project.evidence.started is not None
    assert {entry.id: entry.critical for entry in project.evidence.started.registry}["CAT-001"]


def test_a_failed_comparison_is_kept_with_both_sides(project: Project) -> None:
    project.write(
        "suites/test_money.py",
        """
        import pytest
        from updategate.domain.money import eur

        @pytest.mark.process("CHK-001")
        def test_guest():
            total = eur("11.89")
            assert total == eur("11.90")
        """,
    )
    assert project.run("--scope", "small").ret == 1
    record = project.evidence.processes["CHK-001"][0]
    assert (record.status, record.expected, record.actual) == ("failed", "11.90 EUR", "11.89 EUR")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("pytest.skip('no stock today')", "skipped", "no stock today"),
        ("pytest.xfail('known')", "skipped", "known"),
        ("raise ShopUnreachableError('http://shop.test', 'connection refused')", "broken", "cannot be reached"),
        ("raise ApiError('POST /x', 500, (), 'oops')", "failed", "answered 500"),
        ("raise KeyError('price')", "failed", "price"),
    ],
)
def test_how_a_test_ends_decides_the_status(project: Project, body: str, status: str, message: str) -> None:
    project.write(
        "suites/test_ends.py",
        f"""
        import pytest
        from updategate.clients.errors import ApiError, ShopUnreachableError

        @pytest.mark.process("CHK-001")
        def test_guest():
            {body}
        """,
    )
    project.run("--scope", "small")
    record = project.evidence.processes["CHK-001"][0]
    assert record.status == status
    assert message in record.message


@pytest.mark.parametrize("when", ["setup", "teardown"])
def test_faults_of_set_up_and_clean_up_are_broken(project: Project, when: str) -> None:
    project.write(
        "suites/test_faults.py",
        f"""
        import pytest

        @pytest.fixture
        def data():
            if "{when}" == "setup":
                raise RuntimeError("not created")
            yield
            raise RuntimeError("not removed")

        @pytest.mark.process("CHK-001")
        def test_guest(data): pass
        """,
    )
    project.run("--scope", "small")
    assert project.statuses == {"CHK-001": "broken"}


def test_one_bad_case_makes_the_process_fail(project: Project) -> None:
    project.write(
        "suites/test_cases.py",
        """
        import pytest

        @pytest.mark.process("CHK-001")
        @pytest.mark.parametrize("quantity", [1, 10])
        def test_guest(quantity):
            assert quantity == 1
        """,
    )
    project.run("--scope", "small")
    record = project.evidence.processes["CHK-001"][0]
    assert (record.status, record.actual, record.expected) == ("failed", "10", "1")
    assert record.message.startswith("[10]")
    assert [case.status for case in record.cases] == ["passed", "failed"]


def test_what_the_environment_does_not_permit_is_skipped_and_what_the_shop_lacks_not_applicable(
    project: Project,
) -> None:
    entry = "areas: [cart]}\n"
    registry = (
        "processes:\n"
        f"  - {{id: CHK-001, title: Places an order, owner: s, critical: true, effects: [orders], {entry}"
        f"  - {{id: CHK-002, title: Needs a plugin, owner: s, critical: true, needs: [commercial], {entry}"
        f"  - {{id: CAT-001, title: For the next version, owner: s, critical: true, versions: '>=6.7', {entry}"
    )
    project.write("suites/processes.yaml", registry)
    project.write("suites/test_all.py", ALL_PASS.replace(": pass", ": raise AssertionError('carried out')"))
    project.run()
    evidence = project.evidence
    assert project.statuses == {"CHK-001": "skipped", "CHK-002": "not_applicable", "CAT-001": "not_applicable"}
    assert "does not permit orders" in evidence.processes["CHK-001"][0].message
    assert "no commercial" in evidence.processes["CHK-002"][0].message
    assert ">=6.7" in evidence.processes["CAT-001"][0].message


def test_steps_and_journal_are_in_the_evidence(project: Project) -> None:
    project.write(
        "suites/test_steps.py",
        """
        import pytest

        @pytest.mark.process("CHK-001")
        def test_guest(run_recorder, journal):
            with run_recorder.step("puts a mug in the cart", quantity=2):
                journal.created("product", "ab" * 16, mark="UG-1")
            journal.removed("product", "ab" * 16)
        """,
    )
    assert project.run("--scope", "small", "--alluredir", str(project.folder / "allure-results")).ret == 0
    kinds = [(record.type, getattr(record, "title", "")) for record in project.evidence.records]
    assert kinds[2:5] == [("created", ""), ("step", "puts a mug in the cart"), ("removed", "")]
    results = list((project.folder / "allure-results").glob("*-result.json"))
    assert len(results) == 1
    allure = json.loads(results[0].read_text(encoding="utf-8"))
    assert [step["name"] for step in allure["steps"]] == ["puts a mug in the cart (quantity: 2)"]
    labels = {label["name"]: label["value"] for label in allure["labels"]}
    assert (labels["epic"], labels["story"], labels["severity"]) == (
        "Business processes",
        "CHK-001 A guest orders",
        "critical",
    )
    for name in ("environment.properties", "categories.json", "executor.json"):
        assert (project.folder / "allure-results" / name).stat().st_size > 0


def test_a_crashed_worker_leaves_a_gap_and_not_a_pass(project: Project) -> None:
    project.write(
        "suites/test_crash.py",
        ALL_PASS.replace("def test_guest(): pass", "def test_guest():\n    import os; os._exit(9)"),
    )
    project.run("-n", "2", "--dist", "loadgroup")
    assert "CHK-001" not in project.statuses
    assert project.statuses["CHK-002"] == "passed"


def test_a_shop_that_changes_is_seen(project: Project, shop: type[LeastShop]) -> None:
    project.write(
        "suites/test_change.py",
        f"""
        import pytest, urllib.request

        @pytest.mark.process("CHK-001")
        def test_guest():
            urllib.request.urlopen(urllib.request.Request("{project.url}/update", method="PUT"))
        """,
    )

    def updated(self: LeastShop) -> None:
        type(self).version = "6.6.8.0"
        self._answer({})

    shop.do_PUT = updated  # type: ignore[attr-defined]
    project.run("--scope", "small")
    evidence = project.evidence
    assert evidence.started is not None
    assert evidence.finished is not None
    assert evidence.started.build is not None
    assert evidence.finished.build is not None
    assert (evidence.started.build.core, evidence.finished.build.core) == ("6.6.7.1", "6.6.8.0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--shop-env", "tset"), "Did you mean 'test'?"),
        (("--scope", "smal"), "Did you mean 'small'?"),
        (("--policy", "defualt"), "Did you mean 'default'?"),
    ],
)
def test_a_misspelt_option_is_a_usage_error(project: Project, arguments: tuple[str, ...], message: str) -> None:
    project.write("suites/test_all.py", ALL_PASS)
    result = project.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str()
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_an_unregistered_process_is_a_usage_error(project: Project) -> None:
    project.write("suites/test_all.py", ALL_PASS.replace("CAT-001", "CAT-011"))
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "Unknown process 'CAT-011'. Did you mean 'CAT-001'?" in result.stderr.str() + result.stdout.str()


def test_secrets_are_in_no_file_of_the_run(project: Project) -> None:
    project.write(
        "suites/test_leak.py",
        """
        import pytest

        @pytest.mark.process("CHK-001")
        def test_guest(environment):
            assert environment.admin.client_secret.get_secret_value() == "something else"
        """,
    )
    project.run("--scope", "small", "--alluredir", str(project.folder / "allure-results"))
    evidence = (project.folder / "evidence.jsonl").read_text(encoding="utf-8")
    assert "secret-of-the-tests" not in evidence
    assert '"actual":"***"' in evidence


def test_repeat_each_carries_a_process_out_more_than_once(project: Project) -> None:
    project.write("suites/test_all.py", ALL_PASS)
    result = project.run("--repeat-each", "3", "--scope", "small")
    result.assert_outcomes(passed=3, deselected=3 * 3)
    assert len(project.evidence.processes["CHK-001"][0].cases) == 3


def test_two_runs_cannot_share_a_folder(project: Project) -> None:
    project.write("suites/test_all.py", ALL_PASS)
    assert project.run().ret == 0
    again = project.run()
    assert again.ret != 0
    assert "exists already" in again.stderr.str() + again.stdout.str()


def test_a_seed_makes_one_order_of_execution_and_another_seed_another(project: Project) -> None:
    project.write(
        "suites/test_all.py",
        "import pytest\n"
        + "".join(
            f'\n@pytest.mark.process("{name}")\n@pytest.mark.parametrize("n", range(4))\ndef test_{number}(n): pass\n'
            for number, name in enumerate(("CHK-001", "CHK-002", "CAT-001"))
        ),
    )
    orders = []
    for number, seed in enumerate(("1", "1", "2")):
        result = project.run("--order-seed", seed, "-v", "--run-folder", str(project.folder.with_name(str(number))))
        assert result.ret == 0
        orders.append([line.split(" ")[0] for line in result.outlines if "PASSED" in line])
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == sorted(orders[2])
    assert orders[0] != orders[2]


def test_a_run_may_end_with_the_first_process_that_failed(project: Project) -> None:
    project.write(
        "suites/test_all.py",
        """
        import pytest

        @pytest.mark.process("CHK-001")
        @pytest.mark.parametrize("n", [1, 2])
        def test_guest(n): assert n == 2

        @pytest.mark.process("CHK-002")
        def test_customer(): pass
        """,
    )
    assert project.run("--stop-at-failure").ret == 1
    # its cases were all carried out, so it has a record; nothing after it has one, and that is no defect of the file
    assert project.statuses == {"CHK-001": "failed"}
    assert [case.status for case in project.evidence.processes["CHK-001"][0].cases] == ["failed", "passed"]
    assert project.evidence.defects == ()


@pytest.mark.parametrize(
    ("body", "expected", "actual"),
    [
        ("assert not offered", "not offered", "assert not True"),
        ("assert 'b' in ['a']", "'b' in ['a']", "assert 'b' in ['a']"),
        (
            "raise ApiError('POST /order', 500, ())",
            "POST /order succeeds",
            "POST /order answered 500: no Shopware error",
        ),
        ("raise RefusedError('it took the order')", "the shop refuses it", "it took the order"),
    ],
)
def test_a_failure_without_a_comparison_shows_both_sides_too(
    project: Project, body: str, expected: str, actual: str
) -> None:
    project.write(
        "suites/test_claim.py",
        f"""
        import pytest
        from updategate.actors.purchase import RefusedError
        from updategate.clients.errors import ApiError

        @pytest.mark.process("CHK-001")
        def test_guest():
            offered = True
            {body}
        """,
    )
    assert project.run("--scope", "small").ret == 1
    record = project.evidence.processes["CHK-001"][0]
    assert (record.status, record.expected) == ("failed", expected)
    assert (record.actual or "").startswith(actual)
