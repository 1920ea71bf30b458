"""What a shortage of memory looks like in each engine, told as one error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from oncologyai.errors import OutOfMemoryError

__all__ = ["is_shortage", "memory_errors"]

_SIGNS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    "failed to allocate",
    "bad_alloc",
    "bad alloc",
    "alloc_failed",
    "std::bad_array_new_length",
)


def is_shortage(error: Exception) -> bool:
    """Tell whether an engine's error means that memory did not do."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in text for sign in _SIGNS)


@contextmanager
def memory_errors(what: str, kinds: tuple[type[Exception], ...] = (RuntimeError,)) -> Iterator[None]:
    """Turn the engine's shortage of memory into OutOfMemoryError; other errors pass as they are.

    Parameters
    ----------
    what : str
        What was being done, for the message.
    kinds : tuple of exception types
        The engine's own, beside MemoryError.
    """
    caught: tuple[type[Exception], ...] = (MemoryError, *kinds)
    try:
        yield
    except OutOfMemoryError:
        raise
    except caught as error:
        if not is_shortage(error):
            raise
        first = str(error).splitlines()[0] if str(error) else "no memory left"
        raise OutOfMemoryError(f"memory: expected enough for {what}, got: {first[:200]}") from error
