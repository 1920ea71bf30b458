import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.inference import estimate


def test_tells_patches_memory_and_time_of_the_plan():
    calls = []

    def predict(batch):
        calls.append(batch.shape)
        return np.repeat(batch[:, :1], 3, axis=1)

    volume = np.zeros((2, 16, 32, 32), dtype=np.float32)
    found = estimate(volume, predict, patch=(16, 16, 16), overlap=0.0)
    assert calls == [(1, 2, 16, 16, 16)] * 2
    assert found.patches == 4
    assert found.seconds > 0
    assert found.memory_bytes >= (3 + 4) * volume[0].size * 4
    labels = estimate(volume, predict, patch=(16, 16, 16), overlap=0.0, labels_only=True)
    assert labels.memory_bytes < (3 + 4) * volume[0].size * 4 + 2**20
    with pytest.raises(InputError, match="volume"):
        estimate(volume[0], predict, patch=(16, 16, 16))
