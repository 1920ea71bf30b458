"""Cases with an outcome: found in a table, prepared once, and faults of the table are named with their line."""

import csv
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.training import OutcomeTrainConfig, find_outcome_cases, load_outcome_cases


def changed_table(table, folder, change):
    """Write the table anew with absolute paths and what ``change`` does to its rows."""
    with Path(table).open() as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row |= {key: str(Path(table).parent / row[key]) for key in ("image", "mask")}
    change(rows)
    with (folder / "t.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(folder / "t.csv")


def test_cases_are_prepared_once(outcome_fields, tmp_path):
    config = OutcomeTrainConfig.model_validate(outcome_fields)
    files = find_outcome_cases(config)
    assert [case.label for case in files] == [0, 1] * 6
    cases = load_outcome_cases(files, config, tmp_path)
    made = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    assert len(made) == 12
    again = load_outcome_cases(files, config, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")} == made
    np.testing.assert_array_equal(cases[3].image, again[3].image)
    assert cases[0].image.shape == (1, 9, 16, 16) and cases[0].image.max() <= 1.0
    assert cases[0].inputs(12).shape == (1, 1, 12, 16, 16) and cases[4].inputs(12).shape[0] == 2
    other = config.model_copy(update={"image": config.image.model_copy(update={"spacing_mm": (4.0, 4.0, 6.0)})})
    load_outcome_cases(files, other, tmp_path)
    assert len(list(tmp_path.rglob("*.npy"))) == 24


def test_rows_without_an_outcome_are_left_out_and_faults_are_named(outcome_fields, an_outcome_table, tmp_path):
    def config(change):
        data = outcome_fields["data"] | {"table": changed_table(an_outcome_table, tmp_path, change)}
        return OutcomeTrainConfig.model_validate(outcome_fields | {"data": data})

    assert len(find_outcome_cases(config(lambda rows: rows[0].update(event="")))) == 11
    with pytest.raises(InputError, match="both classes, got 0 of 12"):
        find_outcome_cases(config(lambda rows: [row.update(event="0") for row in rows]))
    with pytest.raises(MissingFileError, match="line 4"):
        find_outcome_cases(config(lambda rows: rows[2].update(image="nowhere.nrrd")))
    with pytest.raises(UnreadableFileError, match="P01 several times"):
        find_outcome_cases(config(lambda rows: rows[2].update(case="P01")))
    with pytest.raises(UnreadableFileError, match="column event"):
        find_outcome_cases(config(lambda rows: [row.pop("event") for row in rows]))
    with pytest.raises(MissingFileError, match="data.table"):
        find_outcome_cases(OutcomeTrainConfig.model_validate(outcome_fields | {"data": {"table": "no", "label": "a"}}))


def test_an_input_that_looks_at_a_mask_needs_its_column(outcome_fields):
    image = outcome_fields["image"] | {"region": "mask"}
    with pytest.raises(InputError, match="data.mask"):
        find_outcome_cases(OutcomeTrainConfig.model_validate(outcome_fields | {"image": image}))
    data = outcome_fields["data"] | {"mask": "mask"}
    files = find_outcome_cases(OutcomeTrainConfig.model_validate(outcome_fields | {"image": image, "data": data}))
    assert all(case.mask is not None for case in files)
