"""Cases perturbed from a table to classes: kept as they are done, one bad case never stops the rest."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.features import FeatureSettings
from oncologyai.imaging import write_masks, write_volume
from oncologyai.progress import Silent
from oncologyai.robustness import PerturbationConfig, read_stability
from oncologyai.types import Mask, Volume
from oncologyai.workflows import perturb_table

SETTINGS = FeatureSettings(families=("shape", "firstorder"), bin_width=5.0)
FEW = PerturbationConfig(count=3)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    lines = ["case,image,mask,group,modality"]
    for n in range(4):
        generator = np.random.default_rng(n)
        k, j, i = np.meshgrid(*[np.arange(24)] * 3, indexing="ij")
        ball = (k - 12) ** 2 + (j - 12) ** 2 + (i - 12) ** 2 <= (4 + n) ** 2
        image = (20 + 15 * n) * ball + generator.normal(0, 2, ball.shape)
        volume = Volume(image.astype(np.float32), np.diag([2.0, 2.0, 2.0, 1.0]), "MR")
        write_volume(volume, tmp_path / f"i{n}.nrrd")
        write_masks([Mask.on(volume, ball)], tmp_path / f"m{n}.seg.nrrd")
        lines.append(f"case {n},i{n}.nrrd,m{n}.seg.nrrd,MR,MR")
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "cases.csv"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_group_gets_values_classes_and_a_report(cases: Path, tmp_path: Path) -> None:
    found = perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    assert list(found.results) == ["MR"] and not found.failed and found.kept == 0
    assert len(read(tmp_path / "out" / "MR" / "perturbed.csv")) == 12
    verdicts = {one.feature: one for one in read_stability(tmp_path / "out" / "MR" / "features.stability.csv")}
    mean = verdicts["original_firstorder_Mean"]
    assert (mean.stability, mean.setting, mean.n) == ("stable", "perturbation", 4)
    assert mean.source == "MR: 4 cases, 3 perturbations RNTVC"
    assert (tmp_path / "out" / "MR" / "report.html").is_file()


def test_cases_without_a_group_are_judged_together_and_groups_name_folders(cases: Path, tmp_path: Path) -> None:
    text = cases.read_text(encoding="utf-8")
    cases.write_text(text.replace(",MR,MR", ",,MR"), encoding="utf-8")
    perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    assert (tmp_path / "out" / "report.html").is_file() and len(read(tmp_path / "out" / "perturbed.csv")) == 12
    again = perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    assert again.kept == 4
    for bad in ("cases", "../x", "a/b"):
        cases.write_text(text.replace(",MR,MR", f",{bad},MR"), encoding="utf-8")
        with pytest.raises(InputError, match="cases.csv: expected groups of letters"):
            perturb_table(cases, tmp_path / "bad", perturbation=FEW, settings=SETTINGS)


def test_the_same_call_computes_nothing_twice_and_another_seed_all(cases: Path, tmp_path: Path) -> None:
    first = perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    again = perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    assert again.kept == 4 and again.results["MR"].features == first.results["MR"].features
    other = perturb_table(cases, tmp_path / "out", perturbation=replace(FEW, seed=1), settings=SETTINGS)
    assert other.kept == 0 and other.results["MR"].features != first.results["MR"].features


def test_a_group_may_have_a_bin_width_of_its_own(cases: Path, tmp_path: Path) -> None:
    entropies = []
    for width in (2.0, 20.0):
        out = tmp_path / f"{width}"
        perturb_table(cases, out, perturbation=FEW, settings=SETTINGS, bin_widths={"MR": width})
        entropies.append(float(read(out / "MR" / "perturbed.csv")[0]["original_firstorder_Entropy"]))
    assert entropies[0] > entropies[1] + 2
    with pytest.raises(InputError, match="--bin-width: expected a group of the table, got PET"):
        perturb_table(cases, tmp_path / "out", settings=SETTINGS, bin_widths={"PET": 1.0})


def test_a_bad_case_is_listed_with_its_reason(cases: Path, tmp_path: Path) -> None:
    (tmp_path / "i1.nrrd").write_bytes(b"no image")
    found = perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    assert [case for case, _ in found.failed] == ["case 1"] and found.results["MR"].stability[0].n == 3
    assert read(tmp_path / "out" / "failures.csv")[0]["case"] == "case 1"


def test_tables_that_cannot_be_judged_are_refused(cases: Path, tmp_path: Path) -> None:
    lines = cases.read_text(encoding="utf-8").splitlines()
    cases.write_text("\n".join(lines[:3]), encoding="utf-8")
    with pytest.raises(InputError, match="cases.csv: expected at least 3 cases that can be perturbed, got fewer"):
        perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS)
    cases.write_text("\n".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(InputError, match="cases.csv: expected each case once, got case 0 twice"):
        perturb_table(cases, tmp_path / "out")
    cases.write_text("case,image\na,b\n", encoding="utf-8")
    with pytest.raises(InputError, match="cases.csv: expected columns case, image, mask, got case, image"):
        perturb_table(cases, tmp_path / "out")
    cases.write_text("case,image,mask\na,,c\n", encoding="utf-8")
    with pytest.raises(InputError, match="cases.csv line 2, image: expected a value, got an empty cell"):
        perturb_table(cases, tmp_path / "out")


def test_cancelling_keeps_the_cases_that_are_done(cases: Path, tmp_path: Path) -> None:
    class AfterTwo(Silent):
        seen = 0

        def stage(self, name: str, share: float) -> None:
            self.seen += name.startswith("case")

        def cancelled(self) -> bool:
            return self.seen > 2

    with pytest.raises(CancelledError):
        perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS, progress=AfterTwo())
    assert not (tmp_path / "out" / "MR").exists()
    assert perturb_table(cases, tmp_path / "out", perturbation=FEW, settings=SETTINGS).kept == 2
