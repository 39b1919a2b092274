import ast
import subprocess
import sys
from pathlib import Path

import pytest

from updategate.config.errors import ConfigError
from updategate.config.profile import load_profile
from updategate.load.journey import OutcomeError, Visit, journey, load_journeys

ROOT = Path(__file__).parents[2]
PROFILES = sorted((ROOT / "scenarios" / "profiles").glob("*.yaml"))
FORBIDDEN = {"requests", "json", "playwright", "locust", "gevent", "geventhttpclient", "httpx", "http", "urllib"}


class Clock:
    def __init__(self):
        self.told = []

    def begin(self, group):
        self.told.append(("begin", group))

    def end(self, group, fault):
        self.told.append(("end", group, type(fault).__name__))

    def wait(self, seconds):
        self.told.append(("wait", seconds))


def visit(seed=1, **changes):
    return Visit(access=None, identity=None, pools=None, clock=Clock(), seed=seed, **changes)


def test_a_page_that_is_to_be_rendered_has_an_address_of_its_own_whatever_the_seed():
    missing = {"listing": "miss"}
    assert visit(3, cache=missing).variant("listing") != visit(3, cache=missing).variant("listing")
    assert visit(3, cache={"listing": "hit"}).variant("listing") == ""


def test_the_same_seed_chooses_the_same():
    options = list(range(1000))
    assert [visit(3).pick(options) for _ in range(2)] == [visit(3).pick(options)] * 2
    assert visit(3).several(options, 5) == visit(3).several(options, 5)
    assert visit(3).several(options, 5) != visit(4).several(options, 5)


def test_several_are_different_ones_and_no_more_than_there_are():
    assert sorted(visit().several([1, 2, 3], 50)) == [1, 2, 3]


def test_an_empty_pool_is_told():
    with pytest.raises(OutcomeError, match="the pool of search terms is empty"):
        visit().pick([], "search terms")


def test_a_step_tells_its_fault_and_lets_it_through():
    one = visit()
    with pytest.raises(OutcomeError, match="no order number"), one.step("place_order"):
        one.expects("", "no order number")
    assert one.clock.told == [("begin", "place_order"), ("end", "place_order", "OutcomeError")]


def test_thinking_takes_as_long_as_the_profile_says():
    one = visit(think_range=(1.0, 2.0))
    one.thinks()
    assert 1.0 <= one.clock.told[0][1] <= 2.0
    quick = visit()
    quick.thinks()
    assert quick.clock.told == []


def test_leaving_is_done_once_last_first():
    one, told = visit(), []
    one.leaving += [lambda: told.append(1), lambda: told.append(2)]
    one.finish()
    one.finish()
    assert told == [2, 1]


def test_two_journeys_of_one_name_are_refused():
    load_journeys(ROOT / "scenarios")
    with pytest.raises(ValueError, match="two journeys named 'browse'"):
        journey("browse", groups=("x",))(lambda _visit: None)


def test_the_shipped_journeys_are_there():
    found = load_journeys(ROOT / "scenarios")
    wanted = {"browse", "search", "filtered_listing", "cart", "guest_checkout", "login_checkout", "b2b_reorder"}
    assert wanted | {"erp_import", "order_export"} <= set(found)
    assert found["guest_checkout"].needs == ("carts", "customers", "orders")


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_shipped_profile_fits_the_journeys(path):
    profile = load_profile(path)
    journeys = load_journeys(ROOT / "scenarios")
    used = [journeys[name] for name in (*profile.mix, *profile.background)]
    profile.check_names(journeys, {group for one in used for group in one.groups}, str(path))
    assert profile.profile == path.stem
    assert profile.title


def test_the_shipped_profiles_are_there():
    assert {path.stem for path in PROFILES} == {"smoke", "baseline", "peak", "soak", "spike", "import-window"}


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.py")), ids=lambda path: path.name)
def test_journeys_import_no_http_json_playwright_or_locust(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & FORBIDDEN


def test_locust_is_imported_by_the_load_process_only():
    code = (
        "import sys, updategate.load.process, updategate.load.preparation, updategate.load.journey, "
        "updategate.campaign.conduct, updategate.cli; "
        "assert not {'locust', 'gevent'} & set(sys.modules), 'locust was imported'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_folder_without_journeys_is_told(tmp_path):
    with pytest.raises(ConfigError, match="There are no journeys here"):
        load_journeys(tmp_path)


def test_a_broken_file_of_journeys_is_told_by_name(tmp_path):
    (tmp_path / "broken_one.py").write_text("import nothing_like_that")
    with pytest.raises(ConfigError, match=r"broken_one\.py\n  This file of journeys cannot be imported"):
        load_journeys(tmp_path)
