"""OncologyAI: quantitative oncologic imaging, from a DICOM study to a measured and reported scene.

This package needs no Slicer and imports neither torch, slicer nor SimpleITK. Its use cases are in
``oncologyai.pipelines`` (results in memory) and ``oncologyai.workflows`` (results on disk).
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
