"""The loop of a bone-scan training: it learns, only what may, goes on after a stop, and tells what does not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.networks import Vgg16Classifier
from oncologyai.progress import Silent
from oncologyai.training import BoneScanFit, FeatureCache, fit_bonescan
from oncologyai.training.bonescan_loop import begin_head
from Testing.unit.training.bonescan_trial import trial_cases, trial_config, trial_picture

CASES = trial_cases()
LEARN, HELD = tuple(range(20)), tuple(range(20, 28))


def _begin(seed: int = 0) -> Vgg16Classifier:
    torch.manual_seed(seed)
    network = Vgg16Classifier([[4], [6], [8, 8]], hidden=12, standardise=False)
    begin_head(network, seed)
    return network


def _fit(folder: Path, *, blocks: int = 3, progress: Any = None, minutes: float | None = None, member: int = 0,
         **changes: Any) -> BoneScanFit:  # fmt: skip
    config, network = trial_config(**changes), _begin()
    object.__setattr__(config, "trained_blocks", blocks)
    features = FeatureCache(folder.parent / "cache", network, config, [case.name for case in CASES], "")
    features.fill(range(len(CASES)), trial_picture, turned=False)
    features.fill(LEARN, trial_picture, turned=True)
    labels = [case.label for case in CASES]
    return fit_bonescan(
        network, config, features, labels, (LEARN, HELD), folder, member=member, minutes=minutes, progress=progress
    )


def test_it_learns_to_tell_the_classes(tmp_path: Path) -> None:
    fit = _fit(tmp_path / "run", epochs=6, steps=30, learning_rate=1e-2)
    assert fit.finished and fit.rows[-1].loss < 0.5 * fit.rows[0].loss
    assert fit.rows[-1].auc is not None and fit.rows[-1].auc > 0.9
    with torch.no_grad():
        images = torch.from_numpy(np.stack([trial_picture(n) for n in HELD]))[:, None].expand(-1, 3, -1, -1)
        logits = fit.network(images)
    truth = np.array([CASES[n].label for n in HELD], dtype=bool)
    own = (logits[:, 1] - logits[:, 0]).numpy()
    assert own[truth].min() > np.median(own[~truth])


def test_fixed_blocks_stay_as_they_were(tmp_path: Path) -> None:
    fit, begun = _fit(tmp_path / "run", blocks=1), _begin()
    moved = {name: not torch.equal(value, begun.state_dict()[name]) for name, value in fit.network.state_dict().items()}
    assert not moved["features.0.weight"] and not moved["features.3.weight"]
    assert moved["features.6.weight"] and moved["features.8.bias"] and moved["hidden.weight"] and moved["last.bias"]


def test_a_training_that_was_stopped_goes_on_to_the_curve_of_one_that_was_not(tmp_path: Path) -> None:
    class Stops(Silent):
        asked = 0

        def cancelled(self) -> bool:
            self.asked += 1
            return self.asked > 9

    whole = _fit(tmp_path / "whole", epochs=3, dropout=0.3, average=0.9)
    with pytest.raises(CancelledError):
        _fit(tmp_path / "pieces", epochs=3, dropout=0.3, average=0.9, progress=Stops())
    piece = _fit(tmp_path / "pieces", epochs=3, dropout=0.3, average=0.9, minutes=0.0)
    assert not piece.finished and len(piece.rows) == 2
    rest = _fit(tmp_path / "pieces", epochs=3, dropout=0.3, average=0.9)
    assert [row.loss for row in rest.rows] == [row.loss for row in whole.rows]
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, rest.network.state_dict()[name]), name
    assert len((tmp_path / "pieces" / "log.csv").read_text().splitlines()) == 4


def test_a_finished_training_goes_on_where_more_epochs_are_asked_for(tmp_path: Path) -> None:
    whole = _fit(tmp_path / "whole", epochs=3)
    assert _fit(tmp_path / "pieces", epochs=1).finished
    assert [row.loss for row in _fit(tmp_path / "pieces", epochs=3).rows] == [row.loss for row in whole.rows]
    _fit(tmp_path / "falling", epochs=1, schedule="cosine")
    with pytest.raises(InputError, match="the epochs that the checkpoint"):
        _fit(tmp_path / "falling", epochs=3, schedule="cosine")


def test_members_of_an_ensemble_see_other_scans(tmp_path: Path) -> None:
    first, second = _fit(tmp_path / "one"), _fit(tmp_path / "two", member=1)
    assert first.rows[0].loss != second.rows[0].loss


def test_averaged_weights_are_kept_and_do_not_change_what_is_learned(tmp_path: Path) -> None:
    plain, averaged = _fit(tmp_path / "one", epochs=1), _fit(tmp_path / "two", epochs=1, average=0.99)
    assert plain.rows[0].loss == averaged.rows[0].loss
    state = torch.load(tmp_path / "two" / "checkpoint.pt", weights_only=True)
    seen, own, begun = (weights["last.weight"] for weights in (
        averaged.network.state_dict(), plain.network.state_dict(), _begin().state_dict()))  # fmt: skip
    assert torch.equal(state["network"]["last.weight"], own) and torch.equal(state["mean"]["last.weight"], seen)
    assert 0.0 < float((seen - begun).norm()) < float((own - begun).norm())


def test_the_best_epoch_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    fit = _fit(tmp_path / "run", epochs=5, steps=6, keep="best", learning_rate=2e-2)
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    best = max(range(5), key=lambda n: (fit.rows[n].auc or 0.0, -n))
    again = _fit(tmp_path / "other", epochs=best + 1, steps=6, learning_rate=2e-2)
    for name, value in state["best"].items():
        assert torch.equal(fit.network.state_dict()[name], value) and torch.equal(
            value, again.network.state_dict()[name]
        )


def test_a_checkpoint_of_another_training_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    _fit(tmp_path / "run", epochs=1)
    with pytest.raises(InputError, match="the batch, learning_rate that the checkpoint"):
        _fit(tmp_path / "run", epochs=1, batch=2, learning_rate=1e-4)
    with pytest.raises(InputError, match="scans that the checkpoint"):
        _fit(tmp_path / "run", epochs=1, member=1)
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"PK")
    with pytest.raises(UnreadableFileError, match=r"checkpoint\.pt"):
        _fit(tmp_path / "run", epochs=1)


def test_a_loss_that_is_not_finite_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="loss: expected a finite one"):
        _fit(tmp_path / "run", learning_rate=1e30)


def test_the_head_begins_as_keras_draws_it() -> None:
    network = Vgg16Classifier()
    begin_head(network, 1)
    limit = np.sqrt(6.0 / (512 + 512))
    weight = network.hidden.weight.detach().numpy()
    assert np.abs(weight).max() <= limit and weight.std() == pytest.approx(limit / np.sqrt(3.0), rel=0.01)
    assert not network.hidden.bias.any() and not network.last.bias.any()
