import pytest

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.inference.onnx_engine import OnnxEngine


def test_a_file_that_is_absent_or_no_network_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="expected an exported network"):
        OnnxEngine(tmp_path / "none.onnx")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(UnreadableFileError, match="expected a network in ONNX form"):
        OnnxEngine(broken)
