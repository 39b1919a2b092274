"""Composer's versions and constraints, as getcomposer.org documents them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.compat.constraints import Constraint, ConstraintError
from updategate.compat.versions import Version, VersionError


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("6.5.8.14", "6.6.0.0"),
        ("6.6.0.0-rc1", "6.6.0.0-RC2"),
        ("6.6.0.0-RC6", "6.6.0.0"),
        ("6.6.0.0-dev", "6.6.0.0-alpha1"),
        ("1.0.0-alpha", "1.0.0-beta"),
        ("1.0.0-beta", "1.0.0-RC1"),
        ("1.0.0", "1.0.0-patch1"),
        ("6.6.9", "6.6.10"),
        ("v6.5", "6.5.0.1"),
    ],
)
def test_order(smaller: str, larger: str) -> None:
    assert Version.parse(smaller) < Version.parse(larger)


@pytest.mark.parametrize(
    "text", ["v6.6.7.1", "6.6.7.1+build.5", "6.6.7.1@stable", "6.6.7.1#abcdef12", "6.6.7.1 as 6.5"]
)
def test_decorations_are_dropped(text: str) -> None:
    assert Version.parse(text) == Version.parse("6.6.7.1")


@pytest.mark.parametrize("text", ["", "latest", "6.6.7.1.5", "6..6", "~6.6", "6.6-banana"])
def test_no_version(text: str) -> None:
    with pytest.raises(VersionError):
        Version.parse(text)


@pytest.mark.parametrize(
    ("constraint", "version", "allowed"),
    [
        # exact and comparison
        ("1.0.2", "1.0.2", True),
        ("1.0.2", "1.0.3", False),
        (">=1.0", "1.0.0", True),
        (">=1.0 <2.0", "2.0.0", False),
        (">=1.0,<1.1 || >=1.2", "1.1.5", False),
        (">=1.0 <1.1 || >=1.2", "1.2.0", True),
        ("!=6.5", "6.5.0", False),
        ("!=6.5", "6.5.1", True),
        (">1.0", "1.0.0", False),
        ("<=1.0", "1.0.0", True),
        # hyphen ranges
        ("1.0 - 2.0", "2.0.9", True),
        ("1.0 - 2.0", "2.1.0", False),
        ("1.0.0 - 2.1.0", "2.1.0", True),
        ("1.0.0 - 2.1.0", "2.1.1", False),
        ("6.4.5.0 - 6.7.0.0", "6.7.0.0", True),
        ("6.4.5.0 - 6.7.0.0", "6.7.0.1", False),
        # wildcards
        ("1.0.*", "1.0.99", True),
        ("1.0.*", "1.1.0", False),
        ("*", "99.0", True),
        ("6.4.* | 6.5.*", "6.5.8.14", True),
        ("6.4.* | 6.5.*", "6.6.0.0", False),
        # tilde
        ("~1.2", "1.9.9", True),
        ("~1.2", "2.0.0", False),
        ("~1.2.3", "1.2.9", True),
        ("~1.2.3", "1.3.0", False),
        ("~6.5.0", "6.5.8.14", True),
        ("~6.5.0", "6.6.0.0", False),
        ("~1", "1.9", True),
        ("~1", "2.0", False),
        ("~v6.4.0", "6.4.9", True),
        # caret
        ("^1.2.3", "1.9.0", True),
        ("^1.2.3", "2.0.0", False),
        ("^0.3", "0.3.9", True),
        ("^0.3", "0.4.0", False),
        ("^0.0.3", "0.0.4", False),
        ("^6.5.0", "6.6.7.1", True),
        # stability
        ("~6.5.5@dev", "6.5.8.14", True),
        ("6.6.*", "6.6.0.0-rc1", True),
        ("<6.6", "6.6.0.0-rc1", False),
        (">=6.6.0.0", "6.6.0.0-rc1", True),
        ("dev-trunk", "6.6.0.0", False),
        # spaces after operators
        (">= 6.4", "6.6.0.0", True),
        ("6.5.* || >=6.6.0 <6.6.10", "6.6.9.0", True),
        ("6.5.* || >=6.6.0 <6.6.10", "6.6.10.0", False),
    ],
)
def test_constraint(constraint: str, version: str, allowed: bool) -> None:
    assert Constraint.parse(constraint).allows(Version.parse(version)) is allowed


@pytest.mark.parametrize("text", ["", "   ", "what ever", "~", "1.0 ||", ">=a.b"])
def test_no_constraint(text: str) -> None:
    with pytest.raises(ConstraintError):
        Constraint.parse(text)


@pytest.mark.parametrize(
    ("left", "right", "meets"),
    [
        ("^5.4|^6.0", "~7.0.0", False),
        ("^6.4 || ^7.0", "~7.0.0", True),
        ("~8.1.0", "~8.2.0 || ~8.3.0", False),
        (">=8.1", "~8.2.0 || ~8.3.0", True),
        ("<2.0", ">=2.0", False),
        ("<=2.0", ">=2.0", True),
    ],
)
def test_common_versions(left: str, right: str, meets: bool) -> None:
    assert Constraint.parse(left).meets(Constraint.parse(right)) is meets
    assert Constraint.parse(right).meets(Constraint.parse(left)) is meets


@pytest.mark.parametrize(("text", "unbounded"), [("*", True), (">=6.4", True), ("^6.5", False), ("~6.6.0", False)])
def test_unbounded(text: str, unbounded: bool) -> None:
    assert Constraint.parse(text).unbounded is unbounded


numbers = st.tuples(*[st.integers(0, 12)] * 4)
operators = st.sampled_from(["~", "^", ">=", "<=", "<", ">", "!=", ""])


@st.composite
def constraints(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        version = ".".join(str(number) for number in draw(numbers)[: draw(st.integers(1, 4))])
        parts.append(draw(operators) + version)
    return draw(st.sampled_from([" ", " || ", ","])).join(parts)


@given(constraints(), constraints(), numbers)
def test_what_both_allow_is_in_common(left: str, right: str, version: tuple[int, int, int, int]) -> None:
    one, other = Constraint.parse(left), Constraint.parse(right)
    candidate = Version(version)
    if one.allows(candidate) and other.allows(candidate):
        assert one.meets(other)


@given(constraints(), numbers)
def test_and_is_narrower_than_each(text: str, version: tuple[int, int, int, int]) -> None:
    candidate = Version(version)
    both = Constraint.parse(f"{text.replace(' || ', ' ')} >=3.0")
    if both.allows(candidate):
        assert Constraint.parse(">=3.0").allows(candidate)


@given(numbers, numbers)
def test_order_is_that_of_the_numbers(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> None:
    assert (Version(left) < Version(right)) == (left < right)
    assert Version.parse(str(Version(left))) == Version(left)
