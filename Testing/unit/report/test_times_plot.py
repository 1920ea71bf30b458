"""The plot of contouring times."""

import pandas as pd
import pytest
from matplotlib.image import imread

from oncologyai.report import times_plot
from oncologyai.studies import Resampling, analyse_times


@pytest.mark.parametrize("automatic", [2.0, 90.0, 0.0])
def test_times_are_drawn_on_either_axis(automatic, tmp_path):
    rows = [("Dr A", f"P{n}", "manual", 100.0 + n) for n in range(4)]
    rows += [("", f"P{n}", "automatic", automatic) for n in range(4)]
    times = pd.DataFrame(rows, columns=["reader", "case", "method", "seconds"])
    times_plot(analyse_times(times, draws=Resampling(100)), tmp_path / "t.png")
    assert imread(tmp_path / "t.png").std() > 0.05
