"""Co-ReTr: its structure as the paper tells it, its ablations, and its export."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn
from torch.nn import functional

from oncologyai.errors import InputError
from oncologyai.networks.coretr import CoReTr, FeatureExtractor, FeaturePyramid, PyramidDecoder

WIDTHS = (4, 6, 8, 10, 12)
SMALL = {"widths": WIDTHS, "hidden": 12, "layers": 1, "heads": 2, "points": 2}
FEW = {**SMALL, "shallow_blocks": (0, 0, 0, 1, 1), "deep_blocks": (0, 0, 0, 1, 1)}


@pytest.fixture(autouse=True)
def a_seed() -> None:
    torch.manual_seed(5)


@pytest.fixture
def an_image() -> torch.Tensor:
    return torch.randn(1, 1, 64, 64, 64)


def seen_sizes(network: CoReTr, image: torch.Tensor) -> tuple[int, int]:
    """Give the first side of the image that reaches the shallow and the deep extractor."""
    sides = []
    for extractor in (network.shallow, network.deep):
        extractor.register_forward_pre_hook(lambda _, inputs: sides.append(inputs[0].shape[2]))
    with torch.inference_mode():
        network.eval()(image)
    return sides[0], sides[1]


@pytest.mark.parametrize(("resolution", "sides"), [("up", (128, 64)), ("down", (64, 32)), ("single", (64, 64))])
def test_each_extractor_sees_the_image_at_the_told_size(resolution: str, sides: tuple[int, int]) -> None:
    with torch.device("meta"):
        assert seen_sizes(CoReTr(**SMALL, resolution=resolution), torch.randn(1, 1, 64, 64, 64)) == sides


def test_extractors_have_five_stages_and_six_and_nine_residual_blocks_of_5x5x5() -> None:
    network = CoReTr(**SMALL)
    for extractor, blocks in ((network.shallow, 6), (network.deep, 9)):
        assert len(extractor.convolutions) == 5
        assert sum(len(stage) for stage in extractor.residuals) == blocks
        kernels = {m.kernel_size for m in extractor.residuals.modules() if isinstance(m, nn.Conv3d)}
        path = [m.kernel_size for m in extractor.path.modules() if isinstance(m, nn.Conv3d)]
        assert (kernels, path) == ({(5, 5, 5)}, [(1, 1, 1), (3, 3, 3)])


@pytest.mark.parametrize("first_stride", [1, 2])
def test_an_extractor_halves_from_stage_to_stage(first_stride: int) -> None:
    maps = FeatureExtractor(2, WIDTHS, (0, 1, 0, 0, 1), first_stride=first_stride)(torch.randn(1, 2, 64, 64, 32))
    fine = (64 // first_stride, 64 // first_stride, 32 // first_stride)
    assert [m.shape[1:] for m in maps] == [(w, *(n >> s for n in fine)) for s, w in enumerate(WIDTHS)]


def test_the_path_carries_the_first_stage_to_the_last(an_image: torch.Tensor) -> None:
    """With the stages in between silenced, the last map still depends on the image."""
    extractor = FeatureExtractor(1, WIDTHS, (0, 0, 0, 0, 0), first_stride=1)
    with torch.no_grad():
        for parameter in extractor.convolutions[2].parameters():
            parameter.zero_()
    first, second = (extractor(image)[-1] for image in (an_image, an_image.flip(2)))
    assert (first - second).abs().max() > 0.1


def test_averaging_before_the_1x1x1_convolution_equals_averaging_after_it() -> None:
    extractor = FeatureExtractor(1, WIDTHS, (0, 0, 0, 0, 0), first_stride=1)
    image = torch.randn(1, 1, 32, 32, 64)
    first = extractor.convolutions[0](image)
    late = extractor.path[1](functional.avg_pool3d(extractor.path[0](first), 16))
    stages = first
    for convolution in extractor.convolutions[1:]:
        stages = convolution(stages)
    assert torch.allclose(extractor(image)[-1], stages + late, atol=1e-5)


def test_the_pyramid_is_the_equation() -> None:
    """Two levels, two scales: conv1x1x1 of each map, plus the doubled deeper level, plus the doubled coarser scale."""
    pyramid = FeaturePyramid((3, 5), 6)
    fine = [torch.randn(1, 3, 8, 8, 8), torch.randn(1, 5, 4, 4, 4)]
    coarse = [torch.randn(1, 3, 4, 4, 4), torch.randn(1, 5, 2, 2, 2)]
    got = pyramid(fine, coarse)

    def doubled(image: torch.Tensor) -> torch.Tensor:
        return image.repeat_interleave(2, 2).repeat_interleave(2, 3).repeat_interleave(2, 4)

    low_deep = pyramid.coarse[1](coarse[1])
    low = pyramid.coarse[0](coarse[0]) + doubled(low_deep)
    deep = pyramid.fine[1](fine[1]) + doubled(low_deep)
    high = pyramid.fine[0](fine[0]) + doubled(deep) + doubled(low)
    assert torch.allclose(got[1], deep, atol=1e-6)
    assert torch.allclose(got[0], high, atol=1e-6)


def test_the_decoder_uses_every_skip() -> None:
    maps = [torch.randn(1, w, *(32 >> s,) * 3, requires_grad=True) for s, w in enumerate((2, 3, 4))]
    decoded = PyramidDecoder((2, 3, 4))(maps)
    decoded.square().sum().backward()
    assert decoded.shape == maps[0].shape
    assert all(m.grad is not None and m.grad.abs().sum() > 0 for m in maps)


def test_without_transformer_has_no_attention() -> None:
    network = CoReTr(**SMALL, transformer=False)
    assert network.transformer is None
    assert not [name for name, _ in network.named_parameters() if "attention" in name]


def export(network: nn.Module, example: torch.Tensor, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the exporter's own, on its age
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # sizes that the layers check and the trace fixes
        warnings.filterwarnings("ignore", "ONNX export mode is set to TrainingMode.EVAL", UserWarning)
        torch.onnx.export(
            network,
            (example,),
            str(path),
            dynamo=False,
            opset_version=18,
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        )


@pytest.fixture
def an_export(tmp_path: Path) -> tuple[CoReTr, Path]:
    """A network whose attention has moved off its symmetrical start, and its ONNX file."""
    network = CoReTr(**FEW).eval()
    for parameter in network.transformer.parameters():
        nn.init.normal_(parameter, std=0.3)
    export(network, torch.randn(1, 1, 32, 64, 64), tmp_path / "network.onnx")
    return network, tmp_path / "network.onnx"


def test_the_export_gives_the_same_logits_in_onnx_runtime_and_openvino(an_export: tuple[CoReTr, Path]) -> None:
    openvino = pytest.importorskip("openvino")
    network, path = an_export
    image = torch.randn(2, 1, 32, 64, 64)
    with torch.inference_mode():
        expected = network(image).numpy()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    onnx = onnxruntime.InferenceSession(str(path), options).run(None, {"image": image.numpy()})[0]
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    vino = compiled([image.numpy()])[0]
    scale = np.abs(expected).max()
    assert scale > 0.1
    assert np.abs(onnx - expected).max() < 1e-4 * max(scale, 1)
    assert np.abs(vino - expected).max() < 1e-3 * max(scale, 1)


def test_refuses_an_unknown_resolution() -> None:
    with pytest.raises(InputError, match="resolution: expected one of down, single, up, got 'sideways'"):
        CoReTr(resolution="sideways")


def test_refuses_other_than_five_widths() -> None:
    with pytest.raises(InputError, match=r"widths: expected 5 numbers.*got \(4, 6\)"):
        CoReTr(widths=(4, 6))


def test_refuses_other_than_five_numbers_of_blocks() -> None:
    with pytest.raises(InputError, match=r"deep_blocks: expected 5 numbers.*got \(9,\)"):
        CoReTr(**SMALL, deep_blocks=(9,))


def test_refuses_a_hidden_width_that_does_not_divide() -> None:
    with pytest.raises(InputError, match="channels: expected a multiple of"):
        CoReTr(**{**SMALL, "hidden": 16})


def test_refuses_an_image_whose_coarsest_map_would_be_one_voxel() -> None:
    with pytest.raises(InputError, match="image: expected a side above 32 voxels"):
        CoReTr(**FEW)(torch.randn(1, 1, 32, 32, 32))
