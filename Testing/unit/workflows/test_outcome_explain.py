"""From a model and an image to a map on the image's own grid, as a file and as a bundle that the scene shows."""

import numpy as np
import pytest

from oncologyai import workflows
from oncologyai.bundle import read_bundle
from oncologyai.cli import main
from oncologyai.errors import InputError
from oncologyai.imaging import read_volume, write_masks, write_volume
from oncologyai.models import OutcomeModelCard, save_outcome_card, sha256_of, write_weights
from oncologyai.networks import build_outcome_network
from oncologyai.types import Mask, Volume

ARGUMENTS = {"widths": [4, 4], "hidden": 8, "size": [8, 16, 16]}


@pytest.fixture
def a_model(tmp_path):
    """A small 2Be3-Net with random weights that looks at a mask's region, and its folder."""
    import torch

    torch.manual_seed(2)
    network = build_outcome_network("2be3net", **ARGUMENTS)
    folder = tmp_path / "model"
    write_weights({n: v.float().numpy() for n, v in network.state_dict().items()}, folder / "weights.safetensors")
    path = folder / "weights.safetensors"
    card = {
        "id": "small", "title": "small", "endpoint": {"name": "event", "horizon_days": 730},
        "channels": [{"name": "pet", "modality": "PT"}],
        "image": {"kind": "slices", "size": [8, 16, 16], "region": "mask", "around_mm": 6},
        "network": {"name": "2be3net", "arguments": ARGUMENTS},
        "initialised": [{"part": "stem", "what": "random: no ImageNet weights were given", "frozen": True}],
        "files": [{"name": path.name, "role": "weights", "sha256": sha256_of(path), "size_bytes": path.stat().st_size}],
        "training": {"description": "none"}, "licence": {"name": "none", "commercial": False},
    }  # fmt: skip
    save_outcome_card(OutcomeModelCard.model_validate(card), folder / "card.json")
    return folder


@pytest.fixture
def a_pet(tmp_path):
    """An image in an uncommon order of axes, with its mask."""
    grid = np.array([[0, -2.5, 0, 30], [3.0, 0, 0, -20], [0, 0, 3.5, 10], [0, 0, 0, 1]])
    rng = np.random.default_rng(0)
    volume = Volume(rng.uniform(0, 5, (14, 20, 24)).astype(np.float32), grid, "PT", "SUVbw")
    mask = np.zeros(volume.shape, bool)
    mask[5:9, 6:12, 8:16] = True
    write_volume(volume, tmp_path / "pet.nrrd")
    write_masks([Mask.on(volume, mask)], tmp_path / "gtv.nrrd")
    return tmp_path / "pet.nrrd", tmp_path / "gtv.nrrd"


def test_the_map_lies_on_the_image_s_own_grid_and_the_bundle_holds_it(a_model, a_pet, tmp_path, capsys):
    image, mask = a_pet
    out, bundle = tmp_path / "heat.nrrd", tmp_path / "bundle"
    words = ["outcome", "explain", str(a_model), str(image), "--mask", str(mask), "--out", str(out)]
    assert main([*words, "--bundle", str(bundle)]) == 0
    assert "event: 0." in capsys.readouterr().out
    heat, given = read_volume(out), read_volume(image)
    assert heat.same_grid(given) and heat.array.min() >= 0.0 and 0.2 < heat.array.max() <= 1.0
    assert not heat.array[0].any() and not heat.array[-1].any()  # beyond the region that the network saw
    made = read_bundle(bundle)
    assert made.volume.same_grid(given) and made.masks[0].volume_ml > 0
    shown = made.maps["HiResCAM"].array
    np.testing.assert_allclose(np.nan_to_num(shown), heat.array, atol=1e-6)
    assert (np.isnan(shown) == (heat.array == 0)).all()
    (table,) = made.tables
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert table.name == "Prediction" and row["endpoint"] == "event" and row["horizon"] == 730
    assert 0 < row["value"] < 1 and row["model card"] == "small"
    assert "no ImageNet weights" in made.provenance.settings["initialised"]
    assert made.provenance.weights_sha256 and made.provenance.pipeline == "outcome-explain"


def test_the_scene_shows_the_map_over_the_image(a_model, a_pet, tmp_path):
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from oncologyai import host
    from oncologyai.scene import scene_from_bundle

    image, mask = a_pet
    workflows.explain_outcome_files(a_model, {"pet": image}, mask=mask, method="grad-cam", bundle=tmp_path / "b")
    slicer = host.start()
    host.clear()
    nodes = scene_from_bundle(tmp_path / "b")
    (heat,) = nodes.maps
    composite = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")
    assert heat.GetName() == "Grad-CAM" and composite.GetForegroundVolumeID() == heat.GetID()
    assert composite.GetForegroundOpacity() == pytest.approx(0.4)
    assert heat.GetImageData().GetDimensions() == nodes.volume.GetImageData().GetDimensions()
    host.clear()


def test_what_cannot_be_is_one_line_and_2(a_model, a_pet, tmp_path, capsys):
    image, mask = a_pet
    out = ["--out", str(tmp_path / "heat.nrrd")]
    for words, message in (
        ([str(image), *out], "mask: expected a lesion"),
        ([str(image), "--mask", str(mask)], "got neither"),
        ([*out], "an image, or --channel"),
        (["--channel", f"ct={image}", "--mask", str(mask), *out], "an image for pet"),
        ([str(image), "--mask", str(mask), "--out", str(tmp_path / "heat.csv")], "ends in .nrrd"),
        ([str(image), "--mask", str(mask), "--method", "cam", *out], "method"),
    ):
        assert main(["outcome", "explain", str(a_model), *words]) == 2
        assert message in capsys.readouterr().err
    (a_model / "weights.safetensors").write_bytes(b"x" * (a_model / "weights.safetensors").stat().st_size)
    assert main(["outcome", "explain", str(a_model), str(image), "--mask", str(mask), *out]) == 2
    assert "a changed one" in capsys.readouterr().err
    assert not (tmp_path / "heat.nrrd").exists()


def test_nothing_to_write_is_told_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match="neither"):
        workflows.explain_outcome_files(tmp_path / "none", {"": tmp_path / "none"})
