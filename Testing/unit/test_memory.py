import pytest

from oncologyai._memory import is_shortage, memory_errors
from oncologyai.errors import OutOfMemoryError


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried"),
        RuntimeError("bad_alloc"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"),
    ],
)
def test_shortages_become_one_error(error):
    assert is_shortage(error)
    with pytest.raises(OutOfMemoryError, match="expected enough for a batch"), memory_errors("a batch"):
        raise error


def test_other_errors_pass():
    assert not is_shortage(RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError, match="shapes differ"), memory_errors("a batch"):
        raise RuntimeError("shapes differ")
