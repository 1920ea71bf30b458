"""Stages are reported, timed and cancelled at their borders."""

import pytest

from oncologyai.errors import CancelledError
from oncologyai.progress import Named, Part, Provenance, Silent, Stages, check_cancelled


class Watcher:
    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []
        self.stop = False

    def stage(self, name: str, share: float) -> None:
        self.said.append((name, share))

    def cancelled(self) -> bool:
        return self.stop


def test_stages_are_reported_in_order_and_timed() -> None:
    watcher = Watcher()
    stages = Stages(watcher)
    with stages("read", share=0.0):
        pass
    with stages("segment", share=0.5):
        pass
    assert watcher.said == [("read", 0.0), ("segment", 0.5)]
    assert set(stages.seconds) == {"read", "segment"}
    assert min(stages.seconds.values()) >= 0


def test_cancel_ends_the_work_before_the_next_stage() -> None:
    watcher = Watcher()
    stages = Stages(watcher)
    with pytest.raises(CancelledError, match="nothing was changed"), stages("read", share=0.0):
        watcher.stop = True
    with pytest.raises(CancelledError), stages("segment", share=0.5):
        pytest.fail("a cancelled stage must not run")


def test_part_scales_the_share() -> None:
    watcher = Watcher()
    part = Part(watcher, 0.5, 1.0)
    part.stage("x", 0.5)
    assert watcher.said == [("x", 0.75)]
    watcher.stop = True
    assert part.cancelled()


def test_silent_never_cancels() -> None:
    Silent().stage("x", 0.0)
    check_cancelled(Silent())
    assert not Silent().cancelled()


def test_provenance_gives_plain_values() -> None:
    assert Provenance("run", seconds={"read": 1.0}).to_dict()["seconds"] == {"read": 1.0}


def test_a_named_step_goes_by_its_name_and_is_cancelled_with_the_whole() -> None:
    watcher = Watcher()
    step = Named(Part(watcher, 0.5, 1.0), "network: 12 patches")
    step.stage("network", 0.5)
    assert watcher.said == [("network: 12 patches", 0.75)]
    watcher.stop = True
    assert step.cancelled()
