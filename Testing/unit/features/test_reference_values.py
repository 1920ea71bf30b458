"""Shape and first order against pyradiomics 3.0.1, run on the same phantoms (Testing/reference)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from oncologyai.features import DEPRECATED, FEATURES, FeatureSettings, extract_features
from oncologyai.types import Mask, Volume

_REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "pyradiomics_shape_firstorder.json").read_text(encoding="utf-8")
)


def _phantom(case: dict) -> tuple[np.ndarray, np.ndarray]:
    """The image and the mask that the reference values were made from."""
    generator = np.random.default_rng(case["seed"])
    shape, spacing = tuple(case["shape"]), case["spacing"]
    image = generator.integers(-900, 300, size=shape).astype(np.float32)
    offsets = [axis - (size - 1) / 2 for axis, size in zip(np.indices(shape), shape, strict=True)]
    squared = sum((o * s) ** 2 for o, s in zip(offsets, spacing, strict=True))
    shares = zip(offsets, (0.4, 0.4, 0.25), shape, strict=True)
    masks = {
        "noisy": lambda: (squared < 36) & (generator.random(shape) < 0.7),
        "random": lambda: generator.random(shape) < 0.4,
        "ellipsoid": lambda: sum((o / (share * size)) ** 2 for o, share, size in shares) <= 1,
        "slice": lambda: (squared < 60) & (offsets[0] == 0),
        "border": lambda: np.indices(shape).sum(axis=0) > 0,
    }
    return image, masks[case["kind"]]()


@pytest.mark.parametrize("case", _REFERENCE["phantoms"], ids=lambda case: case["name"])
def test_every_feature_equals_pyradiomics_on_a_phantom(case: dict) -> None:
    image, inside = _phantom(case)
    assert np.count_nonzero(inside) == case["voxels"]
    volume = Volume(image, np.diag([*case["spacing"][::-1], 1.0]))

    families = {name: FEATURES[name] + DEPRECATED[name] for name in ("shape", "firstorder")}
    table = extract_features(volume, [Mask.on(volume, inside)], FeatureSettings(families, minimum_roi_dimensions=1))

    found = dict(zip(table.columns, table.rows[0], strict=True))
    assert found.pop("segment") == "GTV-1"
    assert set(found) == set(case["values"])
    for name, expected in case["values"].items():
        assert found[name] == pytest.approx(expected, rel=1e-9, abs=1e-7), name
        assert expected is not None and math.isfinite(expected)
