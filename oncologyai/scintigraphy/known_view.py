"""A view known by what it holds: what was measured of it need not be measured again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from oncologyai.types import Volume

__all__ = ["KnownView"]


@dataclass(frozen=True)
class KnownView:
    """A view that equals any other of the same values and place; a key of caches.

    The digest is taken when it is made, so that an array that was changed since is another view.
    """

    digest: bytes
    view: Volume = field(compare=False)

    @classmethod
    def of(cls, view: Volume) -> Self:
        """Take a view's digest: SHA-256 of its shape, type, values and grid."""
        values = np.ascontiguousarray(view.array)
        digest = hashlib.sha256(f"{values.shape} {values.dtype.str}".encode())
        digest.update(values.view(np.uint8).data)
        digest.update(np.ascontiguousarray(view.ijk_to_ras).view(np.uint8).data)
        return cls(digest.digest(), view)
