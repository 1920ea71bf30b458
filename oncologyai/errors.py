"""All errors of the library, in one tree.

::

    OncologyAIError                     exit code 1
    ├── InputError                      exit code 2: the user's input (also ValueError)
    │   ├── UnreadableFileError         a file that is not what it should be
    │   ├── MissingFileError            a path that does not exist (also FileNotFoundError)
    │   ├── EmptyStudyError             a folder without a usable image
    │   ├── AmbiguousStudyError         several patients, studies or series where one is needed
    │   ├── MissingSliceError           a gap in a series
    │   ├── SliceGeometryError          overlapping, duplicate or unequal slices
    │   ├── MissingAttributeError       a DICOM attribute that is absent or empty (also KeyError)
    │   ├── UnitsError                  a value in a unit that cannot be meant or converted
    │   ├── GeometryMismatchError       two images on different grids
    │   ├── OutsideImageError           a point outside the image
    │   ├── EmptyMaskError              a mask without voxels where some are needed
    │   ├── SmallMaskError              a mask too small for what is asked of it
    │   ├── ModalityError               an operation that the modality does not allow
    │   └── OutputError                 a place that cannot be written (also OSError)
    ├── InstallationError               exit code 3: a missing or broken installation
    │   └── MissingDependencyError      an optional package is absent (also ImportError)
    ├── ResourceError                   exit code 4
    │   ├── OutOfMemoryError            (also MemoryError)
    │   └── DiskFullError               (also OSError)
    └── CancelledError                  exit code 130

A message is one line: the argument, what was expected, what came, what to do.
"""

__all__ = [
    "AmbiguousStudyError",
    "CancelledError",
    "DiskFullError",
    "EmptyMaskError",
    "EmptyStudyError",
    "GeometryMismatchError",
    "InputError",
    "InstallationError",
    "MissingAttributeError",
    "MissingDependencyError",
    "MissingFileError",
    "MissingSliceError",
    "ModalityError",
    "OncologyAIError",
    "OutOfMemoryError",
    "OutputError",
    "OutsideImageError",
    "ResourceError",
    "SliceGeometryError",
    "SmallMaskError",
    "UnitsError",
    "UnreadableFileError",
]


class OncologyAIError(Exception):
    """Base of every error that the library raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        """Give the message as it is (KeyError would quote it)."""
        return Exception.__str__(self)


class InputError(OncologyAIError, ValueError):
    """The user's input is not usable.

    Parameters
    ----------
    argument : str
        The option, parameter, file or attribute that is wrong.
    expected, got : str
        What would have been right and what was received.
    remedy : str, optional
        What the user can do about it.
    """

    exit_code = 2

    def __init__(self, argument: str, *, expected: str, got: str, remedy: str = "") -> None:
        self.argument, self.expected, self.got, self.remedy = argument, expected, got, remedy
        super().__init__(f"{argument}: expected {expected}, got {got}" + (f"; {remedy}" if remedy else ""))


class UnreadableFileError(InputError):
    """A file that is not what it should be, or is damaged."""


class MissingFileError(InputError, FileNotFoundError):
    """A path that does not exist."""


class EmptyStudyError(InputError):
    """A folder that holds no usable image."""


class AmbiguousStudyError(InputError):
    """Several patients, studies or series where one is needed."""


class MissingSliceError(InputError):
    """A series with a gap between its slices."""


class SliceGeometryError(InputError):
    """Slices that overlap, repeat or differ in size or orientation."""


class MissingAttributeError(InputError, KeyError):
    """A DICOM attribute that is absent or empty."""


class UnitsError(InputError):
    """A value in a unit that cannot be meant or converted."""


class GeometryMismatchError(InputError):
    """Two images that should share one grid and do not."""


class OutsideImageError(InputError):
    """A point outside the image."""


class EmptyMaskError(InputError):
    """A mask without voxels where some are needed."""


class SmallMaskError(InputError):
    """A mask too small for what is asked of it."""


class ModalityError(InputError):
    """An operation that the modality does not allow."""


class OutputError(InputError, OSError):
    """A place that cannot be written."""


class InstallationError(OncologyAIError):
    """A missing or broken installation."""

    exit_code = 3


class MissingDependencyError(InstallationError, ImportError):
    """An optional package is absent."""


class ResourceError(OncologyAIError):
    """The machine ran out of something."""

    exit_code = 4


class OutOfMemoryError(ResourceError, MemoryError):
    """Not enough memory."""


class DiskFullError(ResourceError, OSError):
    """Not enough room on the disk."""


class CancelledError(OncologyAIError):
    """The user cancelled."""

    exit_code = 130
