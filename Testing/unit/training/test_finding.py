"""When what is marked is called a finding."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.training import fit_finding_rule


def test_the_rule_parts_lesions_from_the_rest_in_the_middle() -> None:
    rule = fit_finding_rule([0.9, 0.8, 0.95], [[0.3, 0.0], [0.5], [0.4]])
    assert rule.least == pytest.approx(0.65)
    assert rule.sensitivity == 1 and rule.specificity == 1 and rule.parts == 4


def test_a_patient_is_judged_by_the_rule_of_the_others() -> None:
    rule = fit_finding_rule([0.9, 0.8, 0.95, 0.35], [[0.3], [0.5], [0.4], [0.0]])
    assert rule.kept == (True, True, True, False)
    assert rule.sensitivity == 0.75


def test_nothing_marked_beside_keeps_every_lesion_and_what_was_not_found_is_not_kept() -> None:
    rule = fit_finding_rule([0.9, 0.0], [[0.0], []])
    assert rule.least == 0 and rule.kept == (True, False) and rule.specificity == 1 and rule.parts == 1
    assert np.isnan(fit_finding_rule([0.9, 0.8], [[], []]).specificity)


def test_refuses_lists_of_different_patients() -> None:
    with pytest.raises(InputError, match="a list for each of two or more patients"):
        fit_finding_rule([0.9, 0.8], [[0.1]])
