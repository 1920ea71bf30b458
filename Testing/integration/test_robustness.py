"""Robustness on real scans, and a perturbation that is cancelled."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import write_masks, write_volume
from oncologyai.robustness import find_stability
from oncologyai.types import Mask, Volume

ROOT = Path(__file__).resolve().parents[2]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_sarcomas_on_pet_and_mr_are_judged_by_class_and_filter(shared_data: Path, tmp_path: Path) -> None:
    folders = sorted((shared_data / "sts").glob("STS_*"))
    lines = ["case,image,mask,group,modality,unit"]
    for group, modality, unit in (("PET", "PT", "SUVbw"), ("MR_T1", "MR", "arbitrary")):
        own = [folder for folder in folders if (folder / f"{group}_image.nii.gz").is_file()][:4]
        lines += [
            f"{f.name} {group},{f / f'{group}_image.nii.gz'},{f / f'{group}_mask.nii.gz'},{group},{modality},{unit}"
            for f in own
        ]
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "settings.yaml").write_text("imageType: {Original: {}, LoG: {sigma: [2.0]}}\n", encoding="utf-8")
    words = ["robustness", "perturb", str(tmp_path / "cases.csv"), "-o", str(tmp_path / "out"), "--count", "3"]
    words += ["--settings", str(tmp_path / "settings.yaml"), "--bin-width", "PET=0.25", "--bin-width", "MR_T1=10"]
    assert main([*words, "--workers", "1", "--progress", "none"]) == 0
    for group in ("PET", "MR_T1"):
        rows = read(tmp_path / "out" / group / "classes.csv")
        assert {row["image"] for row in rows} == {"original", "log-sigma-2-0-mm-3D"}
        assert {"firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm", "shape"} == {row["family"] for row in rows}
        found = find_stability(tmp_path / "out" / group / "features.csv")
        assert found["original_firstorder_Mean"].value > 0.8
        stable = sum(one.stability == "stable" for one in found.values())
        assert len(found) == 200 and 40 < stable < 190
        assert all(one.n == 4 and one.setting == "perturbation" and np.isfinite(one.value) for one in found.values())


@pytest.mark.slow
def test_a_cancelled_perturbation_ends_at_once_and_judges_nothing(tmp_path: Path) -> None:
    lines = ["case,image,mask"]
    for n in range(3):
        volume = Volume(np.random.default_rng(n).normal(0, 5, (60, 90, 90)).astype(np.float32), np.eye(4), "MR")
        inside = np.zeros(volume.shape, dtype=bool)
        inside[15:45, 20:70, 20:70] = True
        write_volume(volume, tmp_path / f"i{n}.nrrd")
        write_masks([Mask.on(volume, inside)], tmp_path / f"m{n}.seg.nrrd")
        lines.append(f"case {n},i{n}.nrrd,m{n}.seg.nrrd")
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ["robustness", "perturb", str(tmp_path / "cases.csv"), "--out", str(tmp_path / "out"), "--count", "50"]
    child = subprocess.Popen(
        [sys.executable, "-m", "oncologyai", *words, "--workers", "1", "--progress", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    for line in child.stdout:
        if " of 3" in json.loads(line).get("name", ""):
            break
    child.send_signal(signal.SIGTERM)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {"cases"}
