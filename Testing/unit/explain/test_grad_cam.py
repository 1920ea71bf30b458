"""Grad-CAM finds what a network was taught to look at, and leaves the network as it was."""

import numpy as np
import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.explain import grad_cam
from oncologyai.networks import OUTCOME_NETWORKS, build_outcome_network

SIZE = (16, 32, 32)


def lesions(rng, count):
    """Images of noise; in every second one a bright ball, whose centre is given."""
    images, centres = rng.normal(0, 0.3, (count, 1, *SIZE)).astype(np.float32), []
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in SIZE), indexing="ij"))
    for n, image in enumerate(images):
        centre = rng.integers([4, 8, 8], [12, 24, 24])
        centres.append(centre)
        if n % 2:
            image[0][((grid - centre[:, None, None, None]) ** 2).sum(axis=0) <= 16] += 3.0
    return torch.as_tensor(images), torch.arange(count) % 2, np.array(centres)


@pytest.mark.parametrize("name", sorted(OUTCOME_NETWORKS))
def test_a_map_lies_on_the_image_and_is_from_0_to_1(name):
    torch.manual_seed(2)
    network = build_outcome_network(name, **OUTCOME_NETWORKS[name].small)
    found = grad_cam(network, np.random.default_rng(0).normal(size=(1, *SIZE)).astype(np.float32))
    assert found.shape == SIZE and found.dtype == np.float32
    assert found.min() >= 0.0 and found.max() in (0.0, 1.0)


@pytest.mark.parametrize("name", ["2be3net", "cnn3d", "xception3d"])
def test_finds_a_planted_bright_lesion(name):
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = build_outcome_network(name, **OUTCOME_NETWORKS[name].small)
    images, labels, _ = lesions(rng, 32)
    learning = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=3e-3)
    network.train()
    for _ in range(60):
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(images)[:, 0], labels.float())
        loss.backward()
        optimiser.step()
        if loss.item() < 0.05:
            break
    new, truth, centres = lesions(rng, 12)
    network.eval()
    with torch.no_grad():
        right = ((network(new)[:, 0] > 0) == (truth == 1)).numpy()
    assert right.mean() > 0.8
    distances = []
    for n in np.flatnonzero(right & (truth.numpy() == 1)):
        found = grad_cam(network, new[n].numpy())
        assert found.shape == SIZE and found.max() == 1.0 and found.min() >= 0.0
        peak = np.array(np.unravel_index(found.argmax(), SIZE))
        distances.append(float(np.linalg.norm(peak - centres[n])))
    assert np.median(distances) <= 8.0


def test_the_network_stays_as_it_was():
    network = build_outcome_network("cnn3d", **OUTCOME_NETWORKS["cnn3d"].small).train()
    grad_cam(network, np.zeros((1, *SIZE), dtype=np.float32))
    assert network.training and all(p.grad is None for p in network.parameters())


def test_refuses_other_images_and_logits():
    network = build_outcome_network("cnn3d", **OUTCOME_NETWORKS["cnn3d"].small)
    with pytest.raises(InputError, match="image"):
        grad_cam(network, np.zeros((1, 4, 4, 4), dtype=np.float32))
    with pytest.raises(InputError, match="a logit from 0 to 0"):
        grad_cam(network, np.zeros((1, *SIZE), dtype=np.float32), target=1)


def test_place_by_place_the_map_of_a_linear_layer_is_what_each_place_adds_to_the_logit():
    from torch import nn

    class Linear(nn.Module):
        in_channels, classes, size = 1, 1, (4, 6, 6)

        def __init__(self):
            super().__init__()
            self.layer = nn.Conv3d(1, 3, 1)
            self.weight = nn.Parameter(torch.randn(3, 4, 6, 6))

        def heat_layer(self):
            return self.layer

        def forward(self, image):
            return (self.layer(image) * self.weight).sum(dim=(1, 2, 3, 4))[:, None]

    torch.manual_seed(4)
    network = Linear()
    image = np.random.default_rng(4).normal(size=(1, 4, 6, 6)).astype(np.float32)
    found = grad_cam(network, image, method="hirescam")
    with torch.no_grad():
        added = torch.relu((network.layer(torch.from_numpy(image)[None])[0] * network.weight).sum(dim=0)).numpy()
    np.testing.assert_allclose(found, added / added.max(), atol=1e-5)
    assert np.abs(grad_cam(network, image) - found).max() > 0.05  # weights that differ by place are not a mean
    with pytest.raises(InputError, match="method"):
        grad_cam(network, image, method="cam")
