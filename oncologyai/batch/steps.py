"""The use cases that a batch may run, by the names that recipes call them by."""

from __future__ import annotations

from oncologyai.batch.step import Step

__all__ = ["STEPS"]

_HERE = "oncologyai.batch.use_cases"

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "bonescan",
            f"{_HERE}:bonescan_case",
            {"prediction": "prediction.csv", "thumbnail": "thumbnail.png"},
            depends=f"{_HERE}:bonescan_digest",
        ),
        Step("convert", f"{_HERE}:convert_case", {"index": "index.csv"}),
        Step("evaluate", f"{_HERE}:evaluate_case"),
        Step("features", f"{_HERE}:features_case", {"table": "features.csv"}, depends=f"{_HERE}:features_settings"),
        Step("measure", f"{_HERE}:measure_case", {"measurements": "measurements.json"}),
        Step(
            "preprocess",
            f"{_HERE}:preprocess_case",
            {"image": "image.nrrd", "masks": "masks.seg.nrrd"},
            depends=f"{_HERE}:preprocess_chain",
        ),
        Step(
            "run",
            f"{_HERE}:run_case",
            {"mask": "segmentation.seg.nrrd", "report": "report.html", "bundle": "bundle", "features": "features.csv"},
            depends=f"{_HERE}:model_digest",
        ),
        Step(
            "segment",
            f"{_HERE}:segment_case",
            {"mask": "segmentation.seg.nrrd"},
            depends=f"{_HERE}:model_digest",
        ),
    )
}
