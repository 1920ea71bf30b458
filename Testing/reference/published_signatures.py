"""Cards of the models of glioblastoma in Table 2 of chapter 3 (Verduin, Primakov et al., Cancers 2021;13:722).

Hazard ratios, intervals and p are those that are printed. What else an absolute risk would need is not printed, and
each card says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from oncologyai.models import Citation, Figure, Licence
from oncologyai.outcome import (
    Endpoint,
    Feature,
    ImageSettings,
    IndexModel,
    PrintedRatio,
    Signature,
    SignatureExample,
    TrainingCohort,
)

__all__ = ["published_signatures"]

_SOURCE = "Verduin M, Primakov S, et al., Cancers 2021;13:722"
_YES = {"0": "no", "1": "yes"}
_ALWAYS = (
    "the baseline survival, so that there is no absolute risk",
    "the threshold of its high-risk group (the 75th centile of the training index) as a number",
    "the covariance of the coefficients, so that there is no interval",
)
_SCORES = "how VASARI scores were recoded (its Table S5, a supplement that is not at hand)"
_EXTRACTION = (
    "means and deviations of the radiomics features in training; yours are taken",
    "bin width and further settings of the extraction, so that your features cannot be compared with the authors'",
)
_COMBINED = "whether the indices that are combined were fitted again on the 95 patients who have all sources"
_LATE = "Adjuvant treatment as completed is known months after surgery: with it this is no forecast at diagnosis. "


@dataclass(frozen=True)
class _Term:
    """A line of the table: hazard ratio, interval and p as printed, and the column that holds the feature."""

    name: str
    ratio: float
    low: float
    high: float
    p: str
    column: str = ""
    level: str = ""
    categories: dict[str, str] = field(default_factory=dict)
    scaled: bool = False

    def printed(self) -> PrintedRatio:
        return PrintedRatio(hazard_ratio=self.ratio, interval=(self.low, self.high), p=self.p)

    def feature(self, source: str) -> Feature:
        shared = {"name": self.name, "column": self.column or self.name, "source": source}
        if self.scaled:
            return Feature(**shared, scale=None, description="z-score, by your own cohort")
        return Feature(**shared, level=self.level, categories=self.categories or _YES)


_EDEMA = {"low": "low", "medium": "medium", "high": "high"}
_TERMS = {
    "VASARI": (
        _Term("eloquent_cortex", 1.28, 0.88, 1.87, "0.198"),
        _Term("multifocality", 1.72, 0.97, 3.05, "0.064"),
        _Term("subependymal_extension", 1.75, 1.21, 2.53, "0.003"),
        _Term("edema_proportion=medium", 1.09, 0.75, 1.61, "0.653", "edema_proportion", "medium", _EDEMA),
        _Term("edema_proportion=high", 0.45, 0.24, 0.83, "0.011", "edema_proportion", "high", _EDEMA),
        _Term("t1_flair_ratio_increased", 0.59, 0.37, 0.94, "0.026"),
    ),
    "radiomics": (
        _Term("T1_wavelet-HHH_firstorder_Median", 1.04, 0.81, 1.3, "0.754", scaled=True),
        _Term("T2_log-sigma-2-0-mm-3D_glszm_LargeAreaLowGrayLevelEmphasis", 1.00, 0.83, 1.2, "0.958", scaled=True),
        _Term("T2_log-sigma-3-0-mm-3D_glszm_LargeAreaLowGrayLevelEmphasis", 1.33, 1.07, 1.6, "0.009", scaled=True),
        _Term("T2_wavelet-LLH_firstorder_Mean", 1.70, 1.32, 2.2, "0.001", scaled=True),
        _Term("T2_wavelet-HHL_glszm_LargeAreaLowGrayLevelEmphasis", 0.92, 0.75, 1.1, "0.404", scaled=True),
    ),
    "clinical": (
        _Term("sex=male", 1.12, 0.70, 1.77, "0.644", "sex", "male", {"male": "male", "female": "female"}),
        _Term("surgery=resection", 0.48, 0.31, 0.76, "0.002", "surgery", "resection",
              {"resection": "resection", "biopsy": "biopsy"}),
        _Term("age_above_70", 1.10, 0.60, 2.02, "0.749"),
        _Term("adjuvant=non-stupp", 4.92, 2.79, 8.67, "0.001", "adjuvant", "non-stupp",
              {"stupp": "STUPP completed", "non-stupp": "another regimen, or not completed"}),
        _Term("mgmt_methylated", 0.61, 0.35, 1.06, "0.082"),
    ),
}  # fmt: skip
_MODELS: dict[int, dict[str, PrintedRatio | None]] = {
    1: {"VASARI": None},
    2: {"radiomics": None},
    3: {"clinical": None},
    4: {"VASARI": PrintedRatio(hazard_ratio=2.2, interval=(1.4, 3.4), p="<0.001"),
        "radiomics": PrintedRatio(hazard_ratio=2.92, interval=(1.9, 4.5), p="<0.001")},
    5: {"VASARI": PrintedRatio(hazard_ratio=2.0, interval=(1.3, 3.2), p="0.003"),
        "clinical": PrintedRatio(hazard_ratio=2.7, interval=(1.8, 3.9), p="<0.001")},
    6: {"radiomics": PrintedRatio(hazard_ratio=2.6, interval=(1.7, 4.0), p="<0.001"),
        "clinical": PrintedRatio(hazard_ratio=2.8, interval=(1.9, 4.1), p="<0.001")},
    7: {"VASARI": PrintedRatio(hazard_ratio=2.1, interval=(1.4, 3.3), p="<0.001"),
        "radiomics": PrintedRatio(hazard_ratio=3.0, interval=(1.9, 4.7), p="<0.001"),
        "clinical": PrintedRatio(hazard_ratio=2.1, interval=(1.4, 3.3), p="<0.001")},
}  # fmt: skip
_PRINTED: dict[int, tuple[Figure, ...]] = {
    1: (Figure(metric="Harrell's C", value=0.61, interval=(0.55, 0.68), cases=129,
               test_set="its own 129 training patients: not of new ones"),),
    7: (Figure(metric="Harrell's C", value=0.711, interval=(0.64, 0.78), cases=38,
               test_set="Nijmegen, another centre, by the abstract; the text says 0.730"),
        Figure(metric="calibration slope", value=0.79, cases=38, test_set="Nijmegen, another centre")),
}  # fmt: skip


def published_signatures() -> list[Signature]:
    """Give the seven cards."""
    return [_card(number, parts) for number, parts in _MODELS.items()]


def _card(number: int, parts: dict[str, PrintedRatio | None]) -> Signature:
    terms = [(source, term) for source in parts for term in _TERMS[source]]
    weights = {source: weight for source, weight in parts.items() if weight is not None}
    factor = {source: math.log(weight.hazard_ratio) if weight else 1.0 for source, weight in parts.items()}
    model = IndexModel(
        coefficients=tuple(round(factor[source] * math.log(term.ratio), 12) for source, term in terms),
        printed=tuple(term.printed() for _, term in terms), weights=weights, missing=_missing(parts),
    )  # fmt: skip
    radiomics = "radiomics" in parts
    sources = " and ".join((", ".join(list(parts)[:-1]), list(parts)[-1])) if len(parts) > 1 else next(iter(parts))
    return Signature(
        id=f"glioblastoma-os-model-{number}",
        title=f"Glioblastoma without mutation of IDH: overall survival, model {number} of chapter 3 ({sources})",
        description=(
            "Published hazard ratios, not trained here. An index and its place in your own cohort, no absolute risk. "
            + (_LATE if "clinical" in parts else "")
            + "Research software, not for clinical use."
        ),
        demonstration=True,
        origin="Testing/reference/published_signatures.py",
        endpoint=Endpoint(name="death of any cause", kind="survival", time_zero="first surgery"),
        cohort=TrainingCohort(
            description="Maastricht UMC+, surgery from 2004 to 2014", patients=129 if number == 1 else 95,
            inclusion=("glioblastoma without mutation of IDH", "MR before surgery, T1 with gadolinium and T2"),
            attribution=_SOURCE, urls=("https://doi.org/10.3390/cancers13040722",),
        ),
        image=_image() if radiomics else None,
        features=tuple(term.feature(source) for source, term in terms),
        model=model,
        performance=_PRINTED.get(number, ()),
        licence=Licence(
            name="CC BY 4.0", url="https://creativecommons.org/licenses/by/4.0/", commercial=True, attribution=_SOURCE,
        ),
        citation=(Citation(text=_SOURCE, doi="10.3390/cancers13040722"),),
        example=None if radiomics else _example(terms, model),
    )  # fmt: skip


def _missing(parts: dict[str, PrintedRatio | None]) -> tuple[str, ...]:
    found = list(_ALWAYS)
    found += [_SCORES] if "VASARI" in parts else []
    found += _EXTRACTION if "radiomics" in parts else []
    found += ["which group patients of just 70 years are in"] if "clinical" in parts else []
    return (*found, _COMBINED) if len(parts) > 1 else tuple(found)


def _image() -> ImageSettings:
    return ImageSettings(
        modality="MR", unit="arbitrary", sha256=None,
        described="pyradiomics 2.2.0 after resampling to 5.5 mm slices, N4, histogram equalisation and a z-score",
    )  # fmt: skip


def _example(terms: list[tuple[str, _Term]], model: IndexModel) -> SignatureExample:
    """Give a made-up patient in whom every feature is 1 that can be, of two levels of one column the last."""
    values: dict[str, float | str] = {}
    for _, term in terms:
        values[term.column or term.name] = term.level or 1.0
    taken = [values[t.column or t.name] == (t.level or 1.0) for _, t in terms]
    return SignatureExample(
        values=values, predictor=sum(c for c, on in zip(model.coefficients, taken, strict=True) if on)
    )
