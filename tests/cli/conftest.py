# SPDX-License-Identifier: Apache-2.0
"""What the tests of the tool start with."""

import pytest

from tool import COLUMNS, DATA, FAST, NEW, csv_text, make_rows, succeeds


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Models that tests only read, by kind."""
    folder = tmp_path_factory.mktemp("models")
    for kind in ("binary", "multiclass", "regression", "poisson"):
        (folder / f"{kind}.csv").write_text(csv_text(make_rows(kind)))
        succeeds(folder, "train", f"{kind}.csv", *COLUMNS, *FAST, "-o", f"{kind}.segml",
                 "--objective", kind)
    (folder / "strict.csv").write_text(DATA)
    succeeds(folder, "train", "strict.csv", *COLUMNS, *FAST, "-o", "strict.segml", "--no-fallback")
    (folder / "numbers.csv").write_text(DATA.replace("Aachen", "4711").replace("Köln", "12")
                                        .replace('"a,""b"""', "-3").replace("tiny", "5"))
    succeeds(folder, "train", "numbers.csv", *COLUMNS, *FAST, "-o", "numbers.segml")
    return folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data.csv").write_text(DATA)
    (tmp_path / "new.csv").write_text(NEW)
    return tmp_path
