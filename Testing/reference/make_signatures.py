"""Make the signatures that ship with the library: make_signatures.py DATA [--pet TABLE] [--only ID ...] [--out FOLDER].

DATA is the folder of the public tables (``head_neck``, ``glioma``). TABLE holds the PET features of the sarcoma
patients; how it is made: docs/outcome-experiments.md, "Sarcoma". The same data give the same bytes.

Every figure of a card is of patients that the model it is about had not seen: of other centres, or of nested
cross-validation (5 folds, 10 times; whatever is chosen is chosen within the training patients). Intervals of C and AUC
are those of ``validate``, the rest is 2,000 bootstraps of patients.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from published_signatures import published_signatures

from oncologyai.features import comparable_settings, load_settings, settings_digest
from oncologyai.models import Citation, Figure, Licence
from oncologyai.outcome import (
    Chain,
    Choice,
    Correlation,
    CoxRegression,
    Endpoint,
    FittedChain,
    ImageSettings,
    Impute,
    Learner,
    LogisticRegression,
    OutcomeData,
    Roles,
    Signature,
    SignatureAbout,
    Standardise,
    TrainingCohort,
    Variance,
    auc_at_times,
    brier_scores,
    cox_calibration,
    external_split,
    folds,
    logistic_calibration,
    outcome_data,
    signature_of,
    validate,
    write_signature,
)
from oncologyai.resources import resource_path

SEED = 20261128
BOOTSTRAPS = 2000
FOLDS, TIMES = 5, 10
RIDGES = (0.02, 0.05, 0.1, 0.2, 0.5)
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
YEAR = 365.25
WARNING = "A demonstration of how signatures work. Research software, not for clinical use."
ORIGIN = "Testing/reference/make_signatures.py"
CC_BY_3 = "https://creativecommons.org/licenses/by/3.0/"
CLARK = Citation(text="Clark K et al., J Digit Imaging 2013;26:1045", doi="10.1007/s10278-013-9622-7")


def head_neck_death(data: Path, _pet: Path | None) -> Signature:
    """Death in head and neck cancer, from age, stages and HPV; learned in two centres, judged in two others."""
    frame = pd.read_csv(data / "head_neck" / "clinical_outcomes.csv")
    roles = Roles("patient", "death_days", "death", group="centre", features=("age", "T", "N", "TNM", "HPV"))
    patients = _of_source(outcome_data(frame, roles), {})
    split = external_split(patients, ("HGJ", "CHUS"), ("HMR", "CHUM"))[0]
    training, test = patients.rows(split.train), patients.rows(split.test)
    chain = Chain("Cox", (Impute(), Standardise()), CoxRegression())
    horizon = round(2 * YEAR, 1)
    stages = {
        "T": {"description": "T category of the tumour", "categories": _codes(training, test, "T")},
        "N": {"description": "N category of the lymph nodes", "categories": _codes(training, test, "N")},
        "TNM": {"description": "stage group, 1 to 4", "categories": _codes(training, test, "TNM")},
        "HPV": {"description": "human papilloma virus", "categories": {"0": "negative", "1": "positive"}},
        "age": _age(),
    }
    about = SignatureAbout(
        id="hn-death-clinical",
        title="Head and neck cancer: death within two years, from age, T, N, stage and HPV",
        description=(
            f"{WARNING} Cox's model of five features, chosen before the data were looked at. HPV is not known of most "
            "patients: the median of those of whom it is stands in for it, so that it says little."
        ),
        endpoint=Endpoint(
            name="death of any cause", kind="survival", time_zero="as in the table", horizon_days=horizon
        ),
        cohort=TrainingCohort(
            description="Head-Neck-PET-CT, centres HGJ and CHUS (Quebec)", patients=1,
            inclusion=("cancer of the head and neck treated by radiotherapy with or without chemotherapy",),
            attribution="Clinical table of Vallières et al., Sci Rep 2017;7:10117", licence="CC BY 4.0",
            urls=("https://doi.org/10.7937/K9/TCIA.2017.8oje5q00",),
        ),
        licence=_licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "Vallières et al., Sci Rep 2017"),
        features=stages,
        origin=ORIGIN,
        citation=(
            Citation(text="Vallières M et al., Sci Rep 2017;7:10117", doi="10.1038/s41598-017-10371-5"), CLARK,
        ),
        example={"age": 65.0, "T": 3.0, "N": 2.0, "TNM": 4.0, "HPV": 0.0},
    )  # fmt: skip
    fitted = chain.fit(training, np.random.default_rng(SEED))
    where = f"HMR and CHUM, {len(test)} patients of two other centres"
    judged = validate(chain, patients, (split,), seed=SEED)
    figures = (
        _figure("Harrell's C", judged.score.value, (judged.score.low, judged.score.high), where, len(test)),
        *_survival_figures(fitted, test, horizon, where),
    )
    return _finished(fitted, training, replace(about, performance=figures))


def glioma_idh(data: Path, _pet: Path | None) -> Signature:
    """Mutation of IDH in lower-grade glioma, from VASARI scores, age and sex."""
    frame = _glioma(data)
    names = [*_vasari_names(), "age_at_initial_pathologic", "gender"]
    patients = _glioma_patients(frame, Roles("patient", label="IDH1", features=tuple(names), positive="1"))
    learner = _choice("logistic ridge", [LogisticRegression(s, balanced=False) for s in STRENGTHS])
    about = SignatureAbout(
        id="glioma-idh",
        title="Lower-grade glioma: mutation of IDH, from VASARI scores, age and sex",
        description=(
            f"{WARNING} Ridge logistic regression of what is known before surgery. Molecular markers, clusters, "
            "histology and grade are left out: they give the mutation away, or are known no sooner. VASARI scores are "
            "taken as ordered numbers."
        ),
        endpoint=Endpoint(name="IDH1", kind="class", positive="mutated"),
        cohort=_glioma_cohort("rated on VASARI, with a known IDH1 status"),
        licence=_licence("CC BY 3.0", CC_BY_3, "TCGA-LGG, The Cancer Imaging Archive"),
        features=_glioma_features(),
        origin=ORIGIN,
        group_names=("less likely", "more likely"),
        citation=(CLARK,),
        example=_glioma_example(),
    )
    return _nested(learner, patients, about, further=_by_source(learner, patients, "AUC"))


def glioma_pfs(data: Path, _pet: Path | None) -> Signature:
    """Progression-free survival in lower-grade glioma, from VASARI scores, age, sex, grade, IDH1 and 1p/19q."""
    frame = _glioma(data)
    clinical = ["age_at_initial_pathologic", "gender", "neoplasm_histologic_grade", "IDH1", "1p_19q_co_del_status"]
    roles = Roles(
        "patient", "ProgFreeSurvTime_days", "ProgFreeSurvEvent01", features=(*_vasari_names(), *clinical)
    )  # fmt: skip
    patients = _glioma_patients(frame, roles)
    learner = _choice("Cox ridge", [CoxRegression(penalty=p) for p in RIDGES])
    about = SignatureAbout(
        id="glioma-pfs",
        title="Lower-grade glioma: progression or death within two years, from VASARI scores and clinical data",
        description=(
            f"{WARNING} Cox's model with a ridge, of what is known after surgery. VASARI scores are taken as ordered "
            "numbers; they add nothing to the clinical features here, which did better alone, see the figures."
        ),
        endpoint=Endpoint(
            name="progression or death", kind="survival", time_zero="as in the table",
            horizon_days=round(2 * YEAR, 1),
        ),
        cohort=_glioma_cohort("rated on VASARI, with a known time without progression"),
        licence=_licence("CC BY 3.0", CC_BY_3, "TCGA-LGG, The Cancer Imaging Archive"),
        features=_glioma_features(),
        origin=ORIGIN,
        citation=(CLARK,),
        example={
            **_glioma_example(), "neoplasm_histologic_grade": "G3", "IDH1": 1.0, "1p_19q_co_del_status": 0.0,
        },
    )  # fmt: skip
    return _nested(learner, patients, about, further=_by_source(learner, patients, "Harrell's C"))


def sarcoma_lung(_data: Path, pet: Path | None) -> Signature:
    """Lung metastases of soft-tissue sarcoma, from features of the FDG-PET."""
    if pet is None:
        raise SystemExit("sts-lung-metastases: expected --pet TABLE, see docs/outcome-experiments.md")
    frame = pd.read_csv(pet)
    roles = Roles("patient", label="lung_metastases", features=("original_*",))
    patients = outcome_data(frame, roles)
    patients = replace(patients, sources=("radiomics",) * len(patients.names))
    settings = load_settings(Path(__file__).resolve().parents[2] / "Resources/examples/outcome/sts-pet-features.yaml")
    steps = (Impute(), Variance(), Correlation(0.85), Standardise())
    models = [LogisticRegression(s, balanced=False) for s in STRENGTHS]
    learner = Choice("ridge", [Chain(f"ridge {m.strength:g}", steps, m) for m in models], 3)
    image = ImageSettings(
        modality="PT", unit="SUVbw", settings=comparable_settings(settings, patients.names),
        sha256=settings_digest(settings, patients.names), described="FDG-PET in SUV by body weight, voxels of 4 mm",
    )  # fmt: skip
    about = SignatureAbout(
        id="sts-lung-metastases",
        title="Soft-tissue sarcoma: lung metastases, from features of the FDG-PET",
        description=(
            f"{WARNING} Ridge logistic regression of the features that are left where of any two with a Spearman "
            "correlation above 0.85 one goes. Forty patients: the greatest SUV alone does as well, see the figures."
        ),
        endpoint=Endpoint(name="lung metastases", kind="class", positive="developed"),
        cohort=TrainingCohort(
            description="Soft-tissue-Sarcoma, the 40 patients whose PET is at hand", patients=1,
            inclusion=("soft-tissue sarcoma of the extremities", "FDG-PET before treatment, primary contoured"),
            attribution="Vallières M, Freeman CR, Skamene SR, El Naqa I, Phys Med Biol 2015;60:5471; images prepared "
            "by the IBSI", licence="CC BY 3.0", urls=("https://doi.org/10.7937/K9/TCIA.2015.7GO2GSKS",),
        ),
        licence=_licence("CC BY 3.0", CC_BY_3, "Vallières et al., Phys Med Biol 2015;60:5471"),
        image=image,
        features={name: {"imputation": None} for name in patients.names},
        origin=ORIGIN,
        citation=(
            Citation(text="Vallières M et al., Phys Med Biol 2015;60:5471", doi="10.1088/0031-9155/60/14/5471"), CLARK,
        ),
    )  # fmt: skip
    middle = dict(zip(patients.names, np.median(patients.x, axis=0), strict=True))
    alone = Chain("SUVmax", (Standardise(),), LogisticRegression(1.0, balanced=False))
    suv = patients.columns([patients.names.index("original_firstorder_Maximum")])
    beside = validate(alone, suv, _splits(suv), seed=SEED).score
    figure = _figure("AUC of the greatest SUV alone", beside.value, (beside.low, beside.high), _where(suv), len(suv))
    return _nested(learner, patients, about, further=(figure,), middle=middle)


MAKERS: dict[str, Callable[[Path, Path | None], Signature]] = {
    "hn-death-clinical": head_neck_death,
    "glioma-idh": glioma_idh,
    "glioma-pfs": glioma_pfs,
    "sts-lung-metastases": sarcoma_lung,
}


def _nested(
    learner: Learner, patients: OutcomeData, about: SignatureAbout, *, further: tuple[Figure, ...] = (),
    middle: Mapping[str, float] | None = None,
) -> Signature:  # fmt: skip
    """Judge by nested cross-validation, fit on all, and make the card."""
    where, splits = _where(patients), _splits(patients)
    judged = validate(learner, patients, splits, seed=SEED)
    score = judged.score
    order = {name: n for n, name in enumerate(patients.patients)}
    rows = np.array([order[name] for name in judged.patients])
    figures: tuple[Figure, ...]
    if patients.is_survival:
        figures = (_figure("Harrell's C", score.value, (score.low, score.high), where, len(patients)),)
        slope = [
            _slope(judged.predictions[judged.split == s], patients.rows(splits[s].test)) for s in range(len(splits))
        ]
        figures += (_spread("calibration slope", slope, where, len(patients)),)
    else:
        held = np.empty((TIMES, len(patients)))  # by models that had not seen the patient, once a time
        held[judged.split // FOLDS, rows] = judged.predictions
        figures = (_figure("AUC", score.value, (score.low, score.high), where, len(patients)),)
        figures += _class_figures(held, patients.labels, where)
    fitted = learner.fit(patients, np.random.default_rng(SEED))
    if middle is not None:
        kept = fitted.kept
        about = replace(about, example={name: float(f"{middle[name]:.3g}") for name in kept})
    return _finished(fitted, patients, replace(about, performance=(*figures, *further)))


def _by_source(learner: Learner, patients: OutcomeData, metric: str) -> tuple[Figure, ...]:
    """Give how well each source does alone."""
    made = []
    for source in ("VASARI", "clinical"):
        part = patients.of_source(source)
        score = validate(learner, part, _splits(part), seed=SEED).score
        name = f"{metric} of the {source} features alone"
        made.append(_figure(name, score.value, (score.low, score.high), _where(part), len(part)))
    return tuple(made)


def _finished(fitted: FittedChain, patients: OutcomeData, about: SignatureAbout) -> Signature:
    columns = {about.features.get(name, {}).get("column", name) for name in fitted.kept}
    example = {name: value for name, value in about.example.items() if name in columns}
    return signature_of(fitted, patients, replace(about, example=example))[0]


def _choice(name: str, models: list[Any]) -> Choice:
    steps = (Impute(), Variance(), Standardise())
    said = [f"{name} {getattr(m, 'penalty', None) or getattr(m, 'strength', 0):g}" for m in models]
    return Choice(name, [Chain(text, steps, model) for text, model in zip(said, models, strict=True)], 5)


def _splits(patients: OutcomeData) -> tuple[Any, ...]:
    rng = np.random.default_rng(SEED)
    made = [folds(patients, FOLDS, rng) for _ in range(TIMES)]
    return tuple(replace(s, name=f"{s.name} of time {n + 1}") for n, part in enumerate(made) for s in part)


def _where(patients: OutcomeData) -> str:
    return f"nested cross-validation of the {len(patients)} training patients, {FOLDS} folds, {TIMES} times"


def _figure(metric: str, value: float, interval: Iterable[float], where: str, cases: int) -> Figure:
    low, high = sorted(round(float(v), 4) for v in interval)
    return Figure(metric=metric, value=round(float(value), 4), interval=(low, high), test_set=where, cases=cases)


def _spread(metric: str, values: list[float], where: str, cases: int) -> Figure:
    known = [v for v in values if np.isfinite(v)]
    return _figure(f"{metric}, median and 2.5th to 97.5th centile of the folds", float(np.median(known)),
                   (np.quantile(known, 0.025), np.quantile(known, 0.975)), where, cases)  # fmt: skip


def _slope(risk: np.ndarray, judged: OutcomeData) -> float:
    return cox_calibration(risk, judged.follow_up).slope


def _bootstrapped(function: Callable[[np.ndarray], np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give values of all patients, (m,), and their intervals, (m, 2); draws in which there are none are left out."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(BOOTSTRAPS):
        try:
            found.append(function(rng.integers(count, size=count)))
        except ValueError:
            continue
    return function(np.arange(count)), np.nanquantile(found, [0.025, 0.975], axis=0).T


def _survival_figures(fitted: FittedChain, test: OutcomeData, horizon: float, where: str) -> tuple[Figure, ...]:
    risk, model = fitted.predict(test), fitted.model.model
    survival = model.survival(fitted.transform(test).x, [horizon])
    follow_up = test.follow_up
    times = [round(years * YEAR, 1) for years in (2, 5)]

    def figures(rows: np.ndarray) -> np.ndarray:
        brier = brier_scores(survival[rows], follow_up.of(rows), [horizon])
        areas = auc_at_times(risk[rows], follow_up.of(rows), times).values
        return np.array([*areas, brier.values[0], brier.null[0]])

    null = "Brier score at 2 years of the test centres' own curve"
    names = ("AUC at 2 years", "AUC at 5 years", "Brier score at 2 years", null)
    values, intervals = _bootstrapped(figures, len(test))
    made = [_figure(*one, where, len(test)) for one in zip(names, values, intervals, strict=True)]
    slope = cox_calibration(risk, follow_up)
    half = 1.96 * slope.error
    made.append(_figure("calibration slope", slope.slope, (slope.slope - half, slope.slope + half), where, len(test)))
    return tuple(made)


def _class_figures(held: np.ndarray, labels: np.ndarray, where: str) -> tuple[Figure, ...]:
    """Give the mean over times of each figure, (times, patients) of chances in."""

    def means(rows: np.ndarray) -> np.ndarray:
        found = [logistic_calibration(one[rows], labels[rows]) for one in held]
        return np.mean([(one.slope, one.at_large, one.brier) for one in found], axis=0)

    values, intervals = _bootstrapped(means, len(labels))
    names = ("calibration slope", "calibration in the large", "Brier score")
    return tuple(_figure(*one, where, len(labels)) for one in zip(names, values, intervals, strict=True))


def _of_source(patients: OutcomeData, vasari: Mapping[str, Any]) -> OutcomeData:
    return replace(patients, sources=tuple("VASARI" if name in vasari else "clinical" for name in patients.names))


def _codes(training: OutcomeData, test: OutcomeData, name: str) -> dict[str, str]:
    place = training.names.index(name)
    values = np.concatenate([training.x[:, place], test.x[:, place]])
    return {f"{v:g}": f"{name}{v:g}" for v in np.unique(values[~np.isnan(values)])}


def _age() -> dict[str, Any]:
    return {"unit": "years", "limits": (0.0, 120.0), "description": "age at diagnosis"}


def _licence(name: str, url: str, attribution: str) -> Licence:
    return Licence(name=name, url=url, commercial=True, attribution=attribution)


_SCORES = {
    "f4": "enhancement quality", "f5": "proportion enhancing", "f6": "proportion not enhancing",
    "f7": "proportion necrosis", "f8": "cysts", "f9": "multifocal or multicentric", "f10": "T1/FLAIR ratio",
    "f11": "thickness of the enhancing margin", "f12": "definition of the enhancing margin",
    "f13": "definition of the other margin", "f14": "proportion of oedema", "f15": "oedema crosses the midline",
    "f16": "haemorrhage", "f17": "diffusion", "f18": "pial invasion", "f19": "ependymal invasion",
    "f20": "cortical involvement", "f21": "deep white matter invasion", "f22": "the rest crosses the midline",
    "f23": "enhancing tumour crosses the midline", "f24": "satellites", "f29": "size of the lesion",
}  # fmt: skip


def _vasari_names() -> list[str]:
    return [*_SCORES, "frontal", "not eloquent"]


def _glioma(data: Path) -> pd.DataFrame:
    """Give the ratings beside the clinical table; what is written in words in a column of scores is missing."""
    scores = pd.read_csv(data / "glioma" / "vasari.csv", dtype=str)
    clinical = pd.read_csv(data / "glioma" / "clinical.csv")
    frame = scores[["patient"]].copy()
    for name in _SCORES:
        frame[name] = pd.to_numeric(scores[name], errors="coerce")
    place, eloquent = (pd.to_numeric(scores[name], errors="coerce") for name in ("f1", "f3"))
    frame["frontal"] = (place == 1).astype(float).where(place.notna())
    frame["not eloquent"] = (eloquent == 1).astype(float).where(eloquent.notna())
    frame = frame.merge(clinical, left_on="patient", right_on="Tumor", how="inner")
    frame["gender"] = frame["gender"].map({"MALE": 1.0, "FEMALE": 0.0})
    frame["neoplasm_histologic_grade"] = frame["neoplasm_histologic_grade"].map({"G3": 1.0, "G2": 0.0})
    return frame


def _glioma_patients(frame: pd.DataFrame, roles: Roles) -> OutcomeData:
    rated = frame[list(_SCORES)].notna().any(axis=1)
    known = frame["age_at_initial_pathologic"].notna()
    return _of_source(outcome_data(frame[rated & known], roles), dict.fromkeys(_vasari_names()))


def _glioma_cohort(which: str) -> TrainingCohort:
    return TrainingCohort(
        description="TCGA-LGG", patients=1, inclusion=("glioma of grade 2 or 3", which, "of known age"),
        attribution="TCGA-LGG, The Cancer Imaging Archive; ratings as published with the McGill radiomics project",
        licence="CC BY 3.0", urls=("https://doi.org/10.7937/K9/TCIA.2016.L4LTD3TK",),
    )  # fmt: skip


def _glioma_features() -> dict[str, dict[str, Any]]:
    one = {"0": "no", "1": "yes"}
    made: dict[str, dict[str, Any]] = {
        name: {"description": f"VASARI {name}: {text}, as TCGA's raters coded it", "limits": (0.0, 20.0)}
        for name, text in _SCORES.items()
    }
    lobes = {"1": "frontal", "2": "temporal", "3": "insular", "4": "parietal", "5": "occipital", "6": "brain stem",
             "7": "cerebellum"}  # fmt: skip
    made["frontal"] = {"column": "f1", "level": "1", "categories": lobes, "description": "VASARI f1: frontal lobe"}
    made["not eloquent"] = {
        "column": "f3", "level": "1", "categories": {"1": "none", "2": "speech, motor", "3": "speech, receptive",
        "4": "motor", "5": "vision"}, "description": "VASARI f3: not in eloquent brain",
    }  # fmt: skip
    made["age_at_initial_pathologic"] = _age()
    made["gender"] = {"level": "MALE", "categories": {"MALE": "male", "FEMALE": "female"}}
    made["neoplasm_histologic_grade"] = {"level": "G3", "categories": {"G2": "grade 2", "G3": "grade 3"}}
    made["IDH1"] = {"categories": one, "description": "mutation of IDH1"}
    made["1p_19q_co_del_status"] = {"categories": one, "description": "codeletion of 1p and 19q"}
    return made


def _glioma_example() -> dict[str, float | str]:
    scores = dict.fromkeys(_SCORES, 2.0) | {"f4": 1.0, "f6": 7.0, "f29": 10.0}
    return {**scores, "f1": "1", "f3": "1", "age_at_initial_pathologic": 40.0, "gender": "FEMALE"}


def main() -> None:
    """Make the cards that are asked for, all without a word."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pet", type=Path, help="table of PET features of the sarcoma patients")
    parser.add_argument("--only", nargs="*", default=[], help="ids; `published` for those of chapter 3")
    parser.add_argument("--out", type=Path, default=resource_path("signatures"))
    options = parser.parse_args()
    wanted = options.only or [*MAKERS, "published"]
    cards = [MAKERS[name](options.data, options.pet) for name in wanted if name in MAKERS]
    cards += published_signatures() if "published" in wanted else []
    for card in cards:
        write_signature(card, options.out / f"{card.id}.json")
        sys.stdout.write(f"{card.id}: {card.cohort.patients} patients, {len(card.features)} features\n")
        for figure in card.performance:
            low, high = figure.interval or (float("nan"), float("nan"))
            sys.stdout.write(f"  {figure.metric}: {figure.value:.3f} ({low:.3f} to {high:.3f}), {figure.test_set}\n")


if __name__ == "__main__":
    main()
