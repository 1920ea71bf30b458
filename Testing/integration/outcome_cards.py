"""Cards of signatures learned from patients who were made up, for tests of the panel and for its picture."""

from pathlib import Path

import numpy as np

from oncologyai.features import parameters_of, settings_digest, settings_from_parameters
from oncologyai.models import Figure, Licence
from oncologyai.outcome import (
    Chain,
    CoxRegression,
    Endpoint,
    FollowUp,
    ImageSettings,
    Impute,
    LogisticRegression,
    OutcomeData,
    SignatureAbout,
    Standardise,
    TrainingCohort,
    signature_of,
    write_signature,
)

MEAN, CONTRAST, VOLUME = "original_firstorder_Mean", "original_glcm_Contrast", "original_shape_MeshVolume"
SETTINGS = {
    "featureClass": {"firstorder": ["Mean"], "glcm": ["Contrast"], "shape": ["MeshVolume"]},
    "setting": {"binWidth": 20},
}
STAGE = {"column": "stage", "level": "III", "categories": {"I-II": "early", "III": "advanced"}, "imputation": None}


def write_card(folder: Path, kind: str = "survival", *, image: bool = True) -> Path:
    """Write a card of ``kind`` ``survival`` or ``class``, with three features of CT or of clinical values alone."""
    data = _patients(kind, image)
    model = CoxRegression(penalty=0.05) if kind == "survival" else LogisticRegression(balanced=False)
    fitted = Chain("made up", (Impute(), Standardise()), model).fit(data, np.random.default_rng(0))
    card, _ = signature_of(fitted, data, _about(kind, image))
    path = folder / f"{card.id}.json"
    write_signature(card, path)
    return path


def _patients(kind: str, image: bool) -> OutcomeData:
    rng, n = np.random.default_rng(3), 200
    clinical = [rng.normal(62.0, 9.0, n), (rng.random(n) < 0.4).astype(float)]
    of_image = [rng.normal(40.0, 25.0, n), rng.lognormal(0.0, 0.4, n), rng.lognormal(8.5, 0.7, n)] if image else []
    x = np.column_stack([*clinical, *of_image])
    risk = 0.05 * (x[:, 0] - 62.0) + 0.7 * x[:, 1]
    if image:
        risk += 0.02 * (x[:, 2] - 40.0) + 0.5 * (x[:, 3] - 1.0)
    times = rng.exponential(1200.0 * np.exp(-risk))
    stop = rng.uniform(300.0, 2500.0, n)
    x[rng.random(n) < 0.05, 0] = np.nan
    outcome = FollowUp(np.minimum(times, stop), times <= stop)
    if kind == "class":
        outcome = (rng.random(n) < 1.0 / (1.0 + np.exp(-risk))).astype(int)
    names = ("age", "stage=III", *((MEAN, CONTRAST, VOLUME) if image else ()))
    sources = ("clinical",) * 2 + (("radiomics",) * 3 if image else ())
    return OutcomeData(tuple(f"p{number}" for number in range(n)), names, x, outcome, None, sources)


def _about(kind: str, image: bool) -> SignatureAbout:
    endpoint = Endpoint(name="death", kind="survival", time_zero="the scan", horizon_days=730.0)
    if kind == "class":
        endpoint = Endpoint(name="response", kind="class", positive="complete response")
    settings = settings_from_parameters(SETTINGS)
    wanted = ImageSettings(
        modality="CT", unit="HU", settings=parameters_of(settings),
        sha256=settings_digest(settings, (MEAN, CONTRAST, VOLUME)), described="bins 20 HU wide",
    )  # fmt: skip
    measure = "Harrell's C" if kind == "survival" else "AUC"
    return SignatureAbout(
        id=f"made-up-{kind}" + ("" if image else "-clinical"),
        title="A signature of patients who were made up",
        description="Shows how the panel applies a signature.",
        endpoint=endpoint,
        cohort=TrainingCohort(description="made up", patients=1, inclusion=("any",)),
        licence=Licence(name="CC0-1.0", commercial=True),
        image=wanted if image else None,
        features={
            "age": {"unit": "years", "limits": (0, 120), "description": "At the scan"},
            "stage=III": STAGE,
            MEAN: {"unit": "HU"},
        },
        performance=(Figure(metric=measure, value=0.7, interval=(0.62, 0.78), test_set="nobody: made up", cases=200),),
        example={"age": 70.0, "stage": "III"} | ({MEAN: 50.0, CONTRAST: 1.2, VOLUME: 6000.0} if image else {}),
    )  # fmt: skip
