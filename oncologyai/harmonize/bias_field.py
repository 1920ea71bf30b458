"""Bias field correction of MR by N4."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai._interrupts import import_native
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.harmonize.state import WHERE, State
from oncologyai.imaging.files import image_from_volume

__all__ = ["CorrectBiasField"]

_FEWEST = 4  # voxels along an axis of the shrunk image


@dataclass(frozen=True)
class CorrectBiasField:
    """Divide by the slowly varying field that N4 finds.

    The field is found on a shrunk image and evaluated at full size. Only values above 0 take part, as N4 works on
    logarithms; the correction is applied to all.

    Parameters
    ----------
    where : str
        What the field is found from, see ``WHERE``.
    shrink : int
        Shrink factor along each axis, where at least 4 voxels are left.
    iterations : tuple of int
        At most so many at each of the fitting levels.
    convergence : float
        Change of the field below which a level ends.

    Raises
    ------
    InputError
        If a number is out of range.
    EmptyMaskError
        On ``apply``, if no value above 0 is there.

    References
    ----------
    .. [1] Tustison NJ et al. N4ITK: improved N3 bias correction. IEEE Trans Med Imaging 2010;29:1310.
    .. [2] Ch. 3, 4.3, and ch. 4, 2.3: N4 before everything else. Number of levels and iterations are ITK's defaults.
    """

    where: str = "region or foreground"
    shrink: int = 4
    iterations: tuple[int, ...] = (50, 50, 50, 50)
    convergence: float = 0.001

    def __post_init__(self) -> None:
        check_choice(self.where, WHERE, "where")
        check_range(self.shrink, 1, 32, "shrink")
        check_positive(self.convergence, "convergence")
        if not self.iterations or min(self.iterations) < 1:
            raise InputError("iterations", expected="one number above 0 a level", got=str(self.iterations))

    def apply(self, state: State) -> State:
        """Correct, float32; a constant image stays as it is."""
        array = state.volume.array.astype(np.float32)
        if float(array.min()) == float(array.max()):
            return state
        chosen = state.chosen(self.where) & (array > 0)
        if not chosen.any():
            raise EmptyMaskError("bias field", expected="values above 0 to find it from", got="none")
        image = image_from_volume(state.volume.with_array(array, unit="arbitrary"))
        mask = image_from_volume(state.volume.with_array(chosen, unit="arbitrary"))
        field = sitk.GetArrayFromImage(self._log_field(image, mask))
        corrected = (array / np.exp(field)).astype(np.float32)
        return state.with_values(corrected, air=state.air, limits=None).in_arbitrary_units()

    def _log_field(self, image: sitk.Image, mask: sitk.Image) -> sitk.Image:
        # Iterations are C++: a signal's handler gets its turn between them, and must not raise there.
        import_native("SimpleITK", feature="bias field correction", install="pip install SimpleITK")
        factors = [self.shrink if size >= _FEWEST * self.shrink else 1 for size in image.GetSize()]
        found = sitk.N4BiasFieldCorrectionImageFilter()
        found.SetMaximumNumberOfIterations([int(n) for n in self.iterations])
        found.SetConvergenceThreshold(self.convergence)
        found.AddCommand(sitk.sitkIterationEvent, lambda: None)
        found.Execute(sitk.Shrink(image, factors), sitk.Shrink(mask, factors))
        return found.GetLogBiasFieldAsImage(image)
