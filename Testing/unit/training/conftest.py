"""Small cases with a bright ball, on disk and in memory, and a training of seconds."""

import csv

import numpy as np
import pytest
import yaml

from oncologyai.imaging import write_masks, write_volume
from oncologyai.samples import GridSpec, LesionSpec, ThoraxSpec, make_thorax
from oncologyai.types import Mask, Volume

GRID = np.diag([-2.0, -2.0, 3.0, 1.0])


def ball(shape, centre, radius):
    k, j, i = np.indices(shape)
    return (k - centre[0]) ** 2 + (j - centre[1]) ** 2 + (i - centre[2]) ** 2 <= radius**2


@pytest.fixture(scope="session")
def a_cohort(tmp_path_factory):
    """A table of six patients with PET, four of them with CT too."""
    folder = tmp_path_factory.mktemp("cohort")
    generator = np.random.default_rng(3)
    rows = []
    for number in range(6):
        truth = ball((8, 16, 16), generator.uniform(3, 5, 3) * (1, 2, 2), 3.0)
        suv = (4.0 * truth + generator.uniform(0, 0.5, truth.shape)).astype(np.float32)
        write_volume(Volume(suv, GRID, modality="PT", unit="SUVbw"), folder / f"pet{number}.nrrd")
        write_masks([Mask(truth, GRID)], folder / f"mask{number}.nrrd")
        row = {"case": f"P{number}", "mask": f"mask{number}.nrrd", "pet": f"pet{number}.nrrd", "ct": ""}
        if number < 4:
            row["ct"] = f"ct{number}.nrrd"
            hu = np.where(truth, 40, -500).astype(np.int16)
            write_volume(Volume(hu, GRID, modality="CT", unit="HU"), folder / row["ct"])
        rows.append(row)
    with (folder / "cases.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "cases.csv"


@pytest.fixture
def settings(a_cohort):
    """The fields of a training of seconds."""
    return {
        "name": "balls",
        "data": {"table": str(a_cohort)},
        "channels": [
            {"name": "pet", "modality": "PT", "unit": "SUVbw", "normalisation": {"kind": "logarithm"}},
            {
                "name": "ct",
                "modality": "CT",
                "unit": "HU",
                "required": False,
                "field_of_view": True,
                "normalisation": {"kind": "window", "low": -250, "high": 300, "signed": True},
            },
        ],
        "spacing_mm": [2.0, 2.0, 3.0],
        "network": {
            "name": "resenc-unet",
            "arguments": {
                "in_channels": 3,
                "widths": [4, 6],
                "blocks": [1, 1],
                "strides": [[1, 1, 1], [2, 2, 2]],
                "deep_supervision": True,
            },
        },
        "patch": [8, 16, 16],
        "batch": 2,
        "augmentation": {"flip": [0.5, 0.5, 0.5], "noise": 0.5, "drop": {"ct": 0.2}},
        "phases": [{"epochs": 4}],
        "steps_per_epoch": 3,
        "learning_rate": 0.01,
        "average": 0.9,
        "folds": 3,
        "validate_every": 2,
        "device": "cpu",
        "threads": 1,
    }


@pytest.fixture
def a_config_file(settings, tmp_path):
    """Those fields as a YAML file."""
    path = tmp_path / "balls.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


@pytest.fixture(scope="session")
def a_chest_table(tmp_path_factory):
    """A table of one coarse synthetic chest with a large tumour."""
    folder = tmp_path_factory.mktemp("chest")
    lesion = LesionSpec(semi_axes_mm=(26.0, 24.0, 26.0))
    spec = ThoraxSpec(GridSpec((96, 96, 40), (4.0, 4.0, 7.5)), lesion, vessels=20, noise_hu=3.0)
    thorax = make_thorax(spec, np.random.default_rng(8))
    write_volume(thorax.volume, folder / "ct.nrrd")
    write_masks([mask for mask in thorax.masks if mask.label == "GTV-1"], folder / "gtv.nrrd")
    (folder / "chests.csv").write_text("case,mask,ct\nC,gtv.nrrd,ct.nrrd\n")
    return folder / "chests.csv"


@pytest.fixture
def lung_settings(settings, a_chest_table):
    """The fields of a slice-wise training on the lungs of that chest."""
    bins = {"kind": "bins", "low": -1000, "high": 150, "width": 25}
    return settings | {
        "data": {"table": str(a_chest_table)},
        "channels": [{"name": "ct", "modality": "CT", "unit": "HU", "normalisation": bins}],
        "spacing_mm": [4.0, 4.0, None],
        "region": "lungs",
        "outside": "fill",
        "window": [192, 192],
        "network": {"name": "unet2d-published", "arguments": {"filters": [4, 4, 4, 4, 4]}},
        "patch": [32, 32],
        "on_lesion": 1.0,
        "augmentation": {},
        "folds": 0,
        "fold": None,
    }


@pytest.fixture(scope="session")
def an_outcome_table(tmp_path_factory):
    """A table of twelve patients; every second one's lesion is bright, and he has the event."""
    return write_outcome_cohort(tmp_path_factory.mktemp("outcomes"))


@pytest.fixture
def outcome_fields(an_outcome_table):
    """The fields of a training of seconds on them."""
    window = {"kind": "window", "low": 0, "high": 6}
    return {
        "name": "balls",
        "data": {"table": str(an_outcome_table), "label": "event"},
        "channels": [{"name": "image", "modality": "PT", "unit": "SUVbw", "normalisation": window}],
        "image": {"kind": "slices", "size": [12, 16, 16]},
        "network": {"name": "2be3net", "arguments": {"widths": [8, 8], "hidden": 16}},
        "augmentation": {"flip": [0.5, 0.5, 0.5]},
        "batch": 4,
        "epochs": 3,
        "learning_rate": 3e-3,
        "folds": 3,
        "fold": 0,
        "seed": 5,
        "device": "cpu",
        "threads": 1,
    }


def write_outcome_cohort(folder):
    generator, rows = np.random.default_rng(3), []
    for number in range(12):
        shape, name, event = (9 + number % 5, 18, 14), f"P{number:02d}", number % 2
        truth = ball(shape, generator.uniform(0.35, 0.65, 3) * shape, 2.5)
        suv = generator.uniform(0, 0.4, shape) + (6.0 if event else 1.0) * truth
        write_volume(Volume(suv.astype(np.float32), GRID, "PT", "SUVbw"), folder / f"{name}.nrrd")
        write_masks([Mask(truth, GRID)], folder / f"{name}-mask.nrrd")
        rows.append(
            {"case": name, "patient": name, "image": f"{name}.nrrd", "mask": f"{name}-mask.nrrd", "event": event}
        )
    with (folder / "cases.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "cases.csv"
