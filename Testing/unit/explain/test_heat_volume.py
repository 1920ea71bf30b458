"""A heat map lies on the patient's own grid and finds a planted bright lesion there."""

import numpy as np
import pytest
import torch

from oncologyai.errors import CancelledError
from oncologyai.explain import grad_cam, heat_volume
from oncologyai.inference import answer_outcome, prepare_outcome_image
from oncologyai.models import OutcomeModelCard
from oncologyai.networks import build_outcome_network
from oncologyai.types import Mask, Volume

GRID = np.array([[-2.0, 0, 0, 30], [0, 2.4, 0, -20], [0, 0, 3.0, 40], [0, 0, 0, 1]])
HEAD = np.array([[-2.0, 0, 0, 30], [0, -2.0, 0, 20], [0, 0, 3.0, 0], [0, 0, 0, 1]])


def a_card(image, modality, **network):
    return OutcomeModelCard.model_validate(
        {
            "id": "planted", "title": "planted", "endpoint": {"name": "event"},
            "channels": [{"name": "image", "modality": modality}], "image": image, "network": network,
            "initialised": [{"part": "network", "what": "random"}],
            "files": [{"name": "w.safetensors", "role": "weights", "sha256": "0" * 64, "size_bytes": 1}],
            "training": {"description": "synthetic"}, "licence": {"name": "none", "commercial": False},
        }
    )  # fmt: skip


def spot(shape, sampling_mm, centre, radius_mm):
    places = (np.stack(np.indices(shape), axis=-1) - np.array(centre)) * np.array(sampling_mm)
    return np.linalg.norm(places, axis=-1) <= radius_mm


def a_scan(rng, event):
    """A PET of 20 slices with a bright lesion, or a faint one, and where it is."""
    shape, sampling = (20, 30, 36), (3.0, 2.4, 2.0)
    centre = rng.uniform((5, 8, 10), (15, 22, 26))
    volume = rng.uniform(0, 0.3, shape) + (3.0 if event else 0.3) * spot(shape, sampling, centre, 7.0)
    return Volume(volume.astype(np.float32), GRID, "PT"), centre, None


def a_brain(rng, event):
    """A head in air with a lesion, bright or not, and where it is.

    One voxel is brighter than any lesion: the preset scales an image by its greatest value, which else would tell the
    two kinds apart by the whole head.
    """
    shape, sampling = (20, 40, 40), (3.0, 2.0, 2.0)
    head = spot(shape, sampling, (10, 20, 20), 26.0)
    angle = rng.uniform(0, 2 * np.pi)
    centre = np.array([10, 20 + 6 * np.sin(angle), 20 + 6 * np.cos(angle)])
    lesion = spot(shape, sampling, centre, 8.0)
    values = 60.0 * head + rng.uniform(0, 8, shape) + (200.0 if event else 0.0) * lesion
    values[10, 20, 20] = 320.0
    volume = Volume(values.astype(np.float32), HEAD, "MR")
    return volume, centre, Mask.on(volume, lesion)


SLICES = {"kind": "slices", "size": [16, 32, 32], "spacing_mm": [2.2, 2.2, 3.0]}
WHOLE = {"kind": "volume", "size": [16, 32, 32], "preset": "ch4-minimalist-deep", "attenuate": False}


def taught(network, card, make, rng):
    """Teach a network bright lesions by prepared images, in seconds."""
    scans = [make(rng, n % 2) for n in range(24)]
    images = np.concatenate([prepare_outcome_image({"image": s[0]}, card, mask=s[2]).inputs()[:1] for s in scans])
    scale = float(np.abs(images).max())
    given, labels = torch.from_numpy(images / scale), (torch.arange(24) % 2).float()
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=3e-3)
    for _ in range(90):
        network.train()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(given)[:, 0], labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if loss.item() < 0.05:
            break
    return network.eval(), scale


@pytest.mark.parametrize(
    ("name", "image", "make", "arguments", "method"),
    [
        ("2be3net", SLICES, a_scan, {"widths": [8, 8, 12], "hidden": 16}, "grad-cam"),
        ("2be3net", SLICES, a_scan, {"widths": [8, 8, 12], "hidden": 16}, "hirescam"),
        ("xception3d", WHOLE, a_brain, {"entry": [8, 8, 12], "middle": 1, "features": 16}, "hirescam"),
    ],
)
def test_finds_a_planted_bright_lesion_on_the_image_s_own_grid(name, image, make, arguments, method):
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    card = a_card(image, "PT" if make is a_scan else "MR", name=name, arguments=arguments)
    network, scale = taught(build_outcome_network(name, size=image["size"], **arguments), card, make, rng)
    distances, inside, right = [], [], []
    for _ in range(6):
        volume, centre, mask = make(rng, 1)
        prepared = prepare_outcome_image({"image": volume}, card, mask=mask)
        prepared.array[:] /= scale
        right.append(answer_outcome(network, prepared.inputs()).probability > 0.5)
        found = heat_volume(network, prepared, method=method)
        assert found.same_grid(volume) and found.array.dtype == np.float32
        assert found.array.min() >= 0.0 and 0.3 < found.array.max() <= 1.0
        peak = np.array(np.unravel_index(found.array.argmax(), volume.shape))
        distances.append(float(np.linalg.norm((peak - centre) * np.array(volume.sampling_mm))))
        near = spot(volume.shape, volume.sampling_mm, centre, 12.0)
        inside.append(found.array[near].mean() / found.array.mean())
    assert np.mean(right) > 0.8, "the network has not learned what the map should show"
    assert np.median(distances) <= 15.0, distances
    assert np.median(inside) > 2.0, inside


def test_several_views_are_joined_and_each_is_the_network_s_own_map():
    torch.manual_seed(3)
    arguments = {"widths": [4, 4], "hidden": 8}
    card = a_card({"kind": "slices", "size": [8, 16, 16]}, "PT", name="2be3net", arguments=arguments)
    network = build_outcome_network("2be3net", size=(8, 16, 16), **arguments).eval()
    volume, _, _ = a_scan(np.random.default_rng(2), 1)
    prepared = prepare_outcome_image({"image": volume}, card)
    assert len(prepared.views) == 3
    found = heat_volume(network, prepared)
    maps = [grad_cam(network, view, method="hirescam") for view in prepared.inputs()]
    np.testing.assert_allclose(found.array, prepared.restore(maps).array)
    assert not found.array[:, 0].any() and not found.array[:, -1].any()  # rows that the crop left out

    class Cancelled:
        def stage(self, name, share):
            pass

        def cancelled(self):
            return True

    with pytest.raises(CancelledError):
        heat_volume(network, prepared, progress=Cancelled())
