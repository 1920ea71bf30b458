"""How far features can be relied on: repeatability, perturbations, ComBat, and the phantom workflow."""

from __future__ import annotations

from oncologyai.robustness.combat import CombatConfig, CombatModel, apply_combat, read_combat, write_combat
from oncologyai.robustness.combat_design import Covariate, Covariates
from oncologyai.robustness.combat_fit import fit_combat
from oncologyai.robustness.concordance import concordance, lin_concordance
from oncologyai.robustness.contour_randomisation import randomise_contour
from oncologyai.robustness.displacement import displace
from oncologyai.robustness.image_noise import add_noise, noise_level
from oncologyai.robustness.intraclass import ICC_FORMS, intraclass_correlation
from oncologyai.robustness.leakage import confounding_note, covariate_note, overlap_note
from oncologyai.robustness.measurements import Estimates, Measurements, measurements_of
from oncologyai.robustness.origin import Origin, origin_of
from oncologyai.robustness.perturb import PERTURBATIONS, PerturbationConfig, Perturbed, perturb
from oncologyai.robustness.phantom import (
    PhantomConfig,
    PhantomScans,
    PhantomVerdict,
    Worst,
    judge_phantom,
    phantom_scans,
)
from oncologyai.robustness.planted import PLANTED_KINDS, PlantedConfig, PlantedStudy, count_recovered, plant_study
from oncologyai.robustness.repeatability import Repeatability, repeatability
from oncologyai.robustness.scan_parameters import combination_names
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
from oncologyai.robustness.volume_change import change_volume

__all__ = [
    "ICC_FORMS",
    "PERTURBATIONS",
    "PLANTED_KINDS",
    "STABILITY_CLASSES",
    "CombatConfig",
    "CombatModel",
    "Covariate",
    "Covariates",
    "Estimates",
    "FeatureStability",
    "Measurements",
    "Origin",
    "PerturbationConfig",
    "Perturbed",
    "PhantomConfig",
    "PhantomScans",
    "PhantomVerdict",
    "PlantedConfig",
    "PlantedStudy",
    "Repeatability",
    "Worst",
    "add_noise",
    "apply_combat",
    "change_volume",
    "combination_names",
    "concordance",
    "confounding_note",
    "count_recovered",
    "covariate_note",
    "displace",
    "find_stability",
    "fit_combat",
    "intraclass_correlation",
    "judge_phantom",
    "lin_concordance",
    "measurements_of",
    "noise_level",
    "origin_of",
    "overlap_note",
    "perturb",
    "phantom_scans",
    "plant_study",
    "randomise_contour",
    "read_combat",
    "read_stability",
    "repeatability",
    "stability_path",
    "stability_table",
    "worst_stability",
    "write_combat",
    "write_stability",
]
