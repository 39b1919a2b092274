import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.evidence.samples import Outcome, Samples, SamplesError, read_samples, write_samples

ROW = st.tuples(
    st.integers(0, 2),
    st.floats(0, 1e4),
    st.floats(0, 10) | st.just(math.nan),
    st.floats(1e-9, 1e4) | st.just(math.nan),
    st.sampled_from([int(o) for o in Outcome]),
    st.integers(0, 2**32 - 1),
)
GROUPS = ("listing", "detail", "Größe ✓")


def samples(rows, **facts):
    return Samples.of(GROUPS, rows, {"windows": [[0, 5]], **facts})


@given(st.lists(ROW, max_size=60))
def test_what_is_read_is_what_was_measured_to_the_last_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("samples") / "s.npz"
    stored = samples(rows, seed=3)
    digest = write_samples(path, stored)
    found = read_samples(path, digest)
    assert found.groups == GROUPS
    assert found.facts == {"windows": [[0, 5]], "seed": 3}
    for column in ("group", "intended", "late", "elapsed", "outcome", "size"):
        assert getattr(found, column).tobytes() == getattr(stored, column).tobytes()
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_is_not_the_measured_one_is_refused(tmp_path):
    path = tmp_path / "s.npz"
    digest = write_samples(path, samples([(0, 0.0, 0.0, 0.1, 0, 1)]))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(SamplesError, match="not the samples that were measured"):
        read_samples(path, digest)


def test_missing_damaged_and_newer_files_are_refused(tmp_path, monkeypatch):
    with pytest.raises(SamplesError, match="cannot be read"):
        read_samples(tmp_path / "none.npz", None)
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(SamplesError, match="damaged"):
        read_samples(broken, None)
    monkeypatch.setattr("updategate.evidence.samples.FORMAT", 2)
    write_samples(tmp_path / "new.npz", samples([]))
    monkeypatch.undo()
    with pytest.raises(SamplesError, match="format 2"):
        read_samples(tmp_path / "new.npz", None)


def test_a_slice_is_written_once(tmp_path):
    write_samples(tmp_path / "s.npz", samples([]))
    with pytest.raises(SamplesError, match="measured once"):
        write_samples(tmp_path / "s.npz", samples([]))
    assert [path.name for path in tmp_path.iterdir()] == ["s.npz"]


def test_a_pickle_is_never_loaded(tmp_path):
    path = tmp_path / "evil.npz"
    np.savez(path, head=np.asarray([object()], dtype=object))
    with pytest.raises(SamplesError, match="damaged"):
        read_samples(path, None)


def test_times_are_of_right_answers_and_counts_of_the_rest():
    found = samples(
        [
            (0, 0.5, 0.0, 0.1, Outcome.ANSWERED, 10),
            (0, 1.5, 0.0, 0.2, Outcome.FAILED, 10),
            (1, 2.5, math.nan, math.nan, Outcome.DROPPED, 0),
            (1, 3.5, 0.0, 0.4, Outcome.ANSWERED, 10),
        ]
    )
    assert {name: times.tolist() for name, times in found.times().items()} == {
        "listing": [0.1],
        "detail": [0.4],
        "Größe ✓": [],
    }
    assert found.counts(Outcome.FAILED)["listing"] == 1
    assert found.counts(Outcome.DROPPED)["detail"] == 1
    assert len(found.kept(1.5, 3.5)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"group": np.asarray([9], dtype=np.uint16)},
        {"group": np.asarray([0], dtype=np.int64)},
        {"elapsed": np.asarray([0.1, 0.2])},
    ],
)
def test_columns_that_do_not_fit_are_refused(wrong):
    good = samples([(0, 0.0, 0.0, 0.1, 0, 1)])
    columns = {name: getattr(good, name) for name in ("group", "intended", "late", "elapsed", "outcome", "size")}
    with pytest.raises(SamplesError):
        Samples(groups=GROUPS, facts={}, **{**columns, **wrong})
