"""Every network leaves as one ONNX model for all sizes and gives the same logits without torch."""

from __future__ import annotations

import io

import pytest
import torch

from oncologyai.networks import NETWORKS, build_network
from oncologyai.networks.network import pad_to_multiple

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning", "ignore:.*ONNX:UserWarning", "ignore:Constant"
    ),
]


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_onnx_runtime_gives_torch_s_logits_at_two_sizes(name: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra infer is not installed")
    pytest.importorskip("onnx", reason="needed to export")
    torch.manual_seed(2)
    spec = NETWORKS[name]
    network = build_network(name, **spec.small).eval()
    channels, *sizes = spec.small_input
    one_size = getattr(network, "only_size", None) is not None
    images = [
        pad_to_multiple(torch.randn(batch, channels, *(size + more for size in sizes)), network.multiple)
        for batch, more in ((1, 0), (2, 0 if one_size else 4))
    ]
    axes = {0: "batch"} if one_size else {0: "batch", **{axis: "kji"[axis - 5] for axis in range(2, 2 + spec.dims)}}
    file = io.BytesIO()
    torch.onnx.export(
        network,
        (images[0],),
        file,
        dynamo=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": axes, "logits": axes},
        opset_version=17,
    )
    session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    for image in images:
        with torch.inference_mode():
            expected = network(image)
        found = torch.from_numpy(session.run(None, {"image": image.numpy()})[0])
        assert torch.allclose(found, expected, atol=5e-4)  # of logits; transformers sum in another order
