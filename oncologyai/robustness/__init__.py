"""How far features can be relied on: repeatability, perturbations, ComBat, and the phantom workflow."""

from __future__ import annotations

from oncologyai.robustness.combat import CombatConfig, CombatModel, apply_combat, read_combat, write_combat
from oncologyai.robustness.combat_design import Covariate, Covariates
from oncologyai.robustness.combat_fit import fit_combat
from oncologyai.robustness.concordance import concordance, lin_concordance
from oncologyai.robustness.intraclass import ICC_FORMS, intraclass_correlation
from oncologyai.robustness.leakage import confounding_note, covariate_note, overlap_note
from oncologyai.robustness.measurements import Estimates, Measurements, measurements_of
from oncologyai.robustness.origin import Origin, origin_of
from oncologyai.robustness.repeatability import Repeatability, repeatability
from oncologyai.robustness.stability import (
    STABILITY_CLASSES,
    FeatureStability,
    find_stability,
    read_stability,
    stability_path,
    stability_table,
    worst_stability,
    write_stability,
)

__all__ = [
    "ICC_FORMS",
    "STABILITY_CLASSES",
    "CombatConfig",
    "CombatModel",
    "Covariate",
    "Covariates",
    "Estimates",
    "FeatureStability",
    "Measurements",
    "Origin",
    "Repeatability",
    "apply_combat",
    "concordance",
    "confounding_note",
    "covariate_note",
    "find_stability",
    "fit_combat",
    "intraclass_correlation",
    "lin_concordance",
    "measurements_of",
    "origin_of",
    "overlap_note",
    "read_combat",
    "read_stability",
    "repeatability",
    "stability_path",
    "stability_table",
    "worst_stability",
    "write_combat",
    "write_stability",
]
