"""Windows around voxels as rows of a table."""

import numpy as np
import pytest

from oncologyai.features.torch_windows import flat_tensor, in_batches, weight_alike, windows_around
from oncologyai.progress import Silent

torch = pytest.importorskip("torch", reason="torch is not installed")


def test_a_row_holds_the_voxels_around_a_place() -> None:
    codes = np.arange(5 * 6 * 7, dtype=np.int32).reshape(5, 6, 7)
    places = np.array([[2, 2, 3], [1, 4, 5]])
    windows = windows_around(codes, places, np.array([1, 0, 1]), "cpu")
    found = windows.read(slice(None), windows.codes).numpy()
    assert found.shape == (2, 9)
    for row, (k, j, i) in zip(found, places, strict=True):
        assert (row == codes[k - 1 : k + 2, j, i - 1 : i + 2].ravel()).all()
    assert (windows.steps[:3] == [[-1, 0, -1], [-1, 0, 0], [-1, 0, 1]]).all()
    values = flat_tensor(codes * 0.5, "cpu")
    assert windows.read(slice(1, 2), values).tolist() == [(found[1] * 0.5).tolist()]


def test_batches_share_the_work_and_ask_whether_to_go_on(monkeypatch) -> None:
    monkeypatch.setattr("oncologyai.features.torch_windows._BATCH_BYTES", 8 * 4 * 3 * 10)
    seen, asked = [], []

    class Watch(Silent):
        def cancelled(self) -> bool:
            asked.append(True)
            return False

    def of(part: slice) -> "torch.Tensor":
        seen.append((part.start, part.stop))
        return torch.arange(part.start, part.stop, dtype=torch.float64)[:, None].expand(-1, 2)

    found = in_batches(25, 3, 2, of, Watch())
    assert seen == [(0, 10), (10, 20), (20, 25)]
    assert len(asked) == 3
    assert (found == np.arange(25)[:, None]).all()


def test_a_window_larger_than_the_memory_for_a_batch_is_one_of_its_own() -> None:
    found = in_batches(2, 10**12, 1, lambda part: torch.full((1, 1), float(part.start), dtype=torch.float64), Silent())
    assert found.tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize("size", [4, 1_000_000], ids=["counted", "compared"])
def test_entries_know_the_weight_of_those_like_them(size) -> None:
    key = torch.tensor([[3, 0, 3, 1], [2, 2, 2, 2]])
    weight = torch.tensor([[1.0, 1.0, 0.5, 0.0], [1.0, 0.0, 1.0, 1.0]], dtype=torch.float64)
    assert weight_alike(key, weight, size).tolist() == [[1.5, 1.0, 1.5, 0.0], [3.0, 3.0, 3.0, 3.0]]
