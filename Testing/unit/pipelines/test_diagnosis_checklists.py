"""CLAIM and STARD of a reader study: what the program knows is said, what it does not know is left open."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import InputError
from oncologyai.models import BoneScanCard
from oncologyai.pipelines import check_diagnosis_answers, diagnosis_checklists
from oncologyai.studies import DiagnosisAnswers, DiagnosisResult, ModelScores, Resampling, analyse_diagnosis
from oncologyai.studies.diagnosis_answers import _COLUMNS

CASES = [f"P{n:02d}" for n in range(20)]
TRUTH = {case: n < 10 for n, case in enumerate(CASES)}


def a_result(*, seed: int | None = 5, models: tuple[ModelScores, ...] = ()) -> DiagnosisResult:
    """Two readers who judge all cases, one of whom has judged one twice; nobody finds P00."""
    generator = np.random.default_rng(1)
    rows = []
    for reader in ("Dr A", "Dr B"):
        for case, ill in TRUTH.items():
            said = ill and case != "P00"
            score = (1 if said else -1) * int(generator.integers(1, 6))
            rows.append(
                (reader, "readers", case, False, ill, said, abs(score), score, 9.0, "usual 100 %", 1.0, 1.0, "", "")
            )
    rows.append((*rows[3][:3], True, *rows[3][4:]))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(("repeat", "truth", "choice"), bool))
    study = DiagnosisAnswers(frame, dict.fromkeys(CASES, ""), TRUTH, 50, 15, 5, seed)
    return analyse_diagnosis(study, models, Resampling(100))


def a_model() -> ModelScores:
    return ModelScores("VGG16", {case: 0.9 if ill else 0.2 for case, ill in TRUTH.items()})


def said_by_item(result: DiagnosisResult, **more: object) -> dict[str, str]:
    lists = diagnosis_checklists(result, **more)  # type: ignore[arg-type]
    return {item.id: item.said for one in lists for item in one.items}


def test_a_study_made_here_says_how_it_was_made_and_what_came_out():
    said = said_by_item(a_result(models=(a_model(),)))
    assert "20 of 50 cases drawn at random, 10 with the disease" in said["stard-9"]
    assert (
        "50 cases (15 with the disease) offered, 20 (10) in the study; judged: Dr A 20; Dr B 20; VGG16 20"
        in said["claim-33"]
    )
    assert "Dr A: tp 9, fn 1, fp 0, tn 10" in said["stard-23"] and "VGG16: auc 1.00" in said["claim-36"]
    assert "1 of 20 cases were judged wrongly by all who judged them" in said["claim-37"]
    assert "100 bootstrap draws" in said["stard-14"] and "Obuchowski" in said["claim-29"]
    assert "Fleiss' kappa" in said["claim-18"] and "Dr A said the same of 1 of 1 repeats" in said["claim-18"]
    assert (
        "no clinical facts" in said["stard-13a"] and said["claim-1"] == "artificial intelligence (VGG16) beside readers"
    )


def test_what_no_program_knows_is_open_and_answers_fill_it():
    result = a_result()
    said = said_by_item(result)
    for item in ("claim-14", "claim-22", "claim-40", "stard-10b", "stard-20", "stard-30", "claim-1", "claim-6"):
        assert said[item] == "", item
    assert said_by_item(result, answers={"claim-14": "biopsy"})["claim-14"] == "biopsy"
    with pytest.raises(InputError, match=r"answers.claim-99: expected an item such as claim-14"):
        check_diagnosis_answers({"claim-99": "x"})
    with pytest.raises(InputError, match="claim-99"):
        diagnosis_checklists(result, answers={"claim-99": "x"})


def test_a_collected_table_claims_nothing_of_blinding_or_sampling():
    said = said_by_item(a_result(seed=None))
    for item in ("stard-9", "stard-13a", "claim-12", "stard-10a", "claim-5"):
        assert said[item] == "", item
    assert said["claim-36"] != ""


def test_the_card_tells_of_the_model():
    card = BoneScanCard.model_validate(
        {
            "id": "demo", "title": "Demo", "demonstration": True, "network": {"name": "vgg16"},
            "full": {
                "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
                "calibration": {"prevalence": 0.3, "scans": 160},
                "thresholds": [{"rule": "youden", "value": 0.4, "sensitivity": 0.8, "specificity": 0.8}],
            },
            "files": [
                {"name": name, "role": role, "sha256": "0" * 64, "size_bytes": 1}
                for name, role in (("maps.onnx", "onnx"), ("head.safetensors", "weights"))
            ],
            "training": {"description": "centres A and B", "patients": 1040, "synthetic": True},
            "recipe": {"name": "x", "epochs": 6, "widths": None, "base": {"what": "ImageNet"}},
            "figures": [{"metric": "AUC", "value": 0.8, "interval": [0.75, 0.85], "test_set": "centre C"}],
            "licence": {"name": "Apache-2.0", "commercial": True},
        }
    )  # fmt: skip
    said = said_by_item(a_result(models=(a_model(),)), card=card)
    assert said["claim-7"] == "of the model: centres A and B; a demonstration"
    assert said["claim-20"] == "1040 scans to train on, 160 held out" and said["claim-24"] == "ImageNet"
    assert said["claim-25"] == "epochs: 6" and "160 scans held out" in said["claim-26"]
    assert said["claim-35"] == said["claim-32"] == "AUC 0.8 (0.75 to 0.85) on centre C"
    assert said["claim-22"].startswith("vgg16: two classes; views of 512x256")
