"""The report of an evaluation holds the planted figures, and nothing of the machine."""

import re

import pytest

from oncologyai.metrics import bland_altman
from oncologyai.pipelines import CohortConfig, CohortRow, evaluate_cohort
from oncologyai.report import write_cohort_report
from oncologyai.types import Table

NO_FAILURES = Table("failures", ("case", "method", "reason"), ())


def planted() -> list[CohortRow]:
    """Twelve cases, two of them without a tumour; two methods, two readers; A is better where thin."""
    rows = []
    for n in range(12):
        volume = 0.0 if n >= 10 else 5.0 * (n + 1)
        common = {
            "volume_ml": volume,
            "recist_mm": volume / 2,
            "time_days": 300.0 - 20 * n,
            "event": 1.0,
            "tumours": 1.0,
        }
        for method in ("A", "B"):
            dice = 0.9 + n / 1000 if n < 5 else 0.7 + n / 1000
            own = {"dice": dice if method == "A" else dice - 0.1, "hd95_max_mm": 3.0 + n, "seconds": 2.0 + n / 10}
            own |= {
                "predicted_volume_ml": volume * 1.2,
                "predicted_recist_mm": volume / 2 + 1,
                "reference_seconds": 90.0,
            }
            own |= {"predicted_dice": dice, "predicted_low": dice - 0.05, "predicted_high": dice + 0.05}
            if volume == 0.0:
                own |= {"dice": 1.0, "predicted_volume_ml": 1.0 if n == 11 else 0.0, "predicted_recist_mm": 0.0}
            thin = {"slices": "thin" if n < 5 else "thick"}
            rows.append(CohortRow(f"case-{n}", method, common | own, f"p{n}", groups=thin))
        rows.append(CohortRow(f"case-{n}", "B", {"dice": 0.81}, f"p{n}", against="A"))
    return rows


@pytest.fixture(scope="module")
def a_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    result = evaluate_cohort(planted(), CohortConfig(group_by=("slices", "volume_ml"), readers=("A",), bootstrap=200))
    failures = Table("failures", ("case", "method", "reason"), (("case-12", "A", "a <damaged> file"),))
    write_cohort_report(
        result, folder / "r.html", folder / "figures", name="planted", failures=failures, notes=["mine"]
    )
    return (folder / "r.html").read_text(encoding="utf-8"), result, folder


def cells_of(page: str, heading: str) -> list[list[str]]:
    """The cells of every row under a heading."""
    part = page.split(f">{heading}</h2>")[1].partition("<h2")[0]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", part) if "<td" in row]


def test_every_section_is_there(a_page) -> None:
    page, _, _ = a_page
    titles = re.findall(r'<h2 id="s\d+">(.*?)</h2>', page)
    assert titles == [
        "Overview", "Metrics", "Detection", "By slices", "By Volume, ml", "Agreement", "Readers", "Time", "Survival",
        "Trust", "Failures", "Definitions",
    ]  # fmt: skip
    assert "<li>mine</li>" in page and "2 of 12 cases have no tumour" in page


def test_overview_holds_medians_and_detection(a_page) -> None:
    page, _, _ = a_page
    first = cells_of(page, "Overview")[0]
    # the tumours' Dice: 0.900 to 0.904 and 0.705 to 0.709; found: all tumours and one of two without
    assert first[0] == "A" and first[3:5] == ["1", "0.500"]
    assert first[2].startswith("0.750 (") and first[5].startswith("0.804 (0.19")


def test_groups_hold_medians_tests_and_stars(a_page) -> None:
    page, _, _ = a_page
    rows = cells_of(page, "By slices")
    assert ["A", "Dice", "thin", "5", "0", "0.902"] in [row[:6] for row in rows]
    tests = [row for row in rows if row[2:4] == ["thick", "thin"]]
    # complete separation of 5 and 5: p = 2 / 252
    assert tests[0] == ["A", "Dice", "thick", "thin", "5", "5", "0", "0.008", "0.008", "**"]


def test_agreement_and_survival_hold_their_figures(a_page) -> None:
    page, result, _ = a_page
    volumes = [5.0 * (n + 1) for n in range(10)]
    expected = bland_altman([*volumes, 0.0], [*(v * 1.2 for v in volumes), 1.0])
    row = cells_of(page, "Agreement")[0]
    assert row[:3] == ["Volume, ml", "A", "11"] and row[3].startswith(f"{expected.bias.value:.3f} (")
    p = result.tables["survival"].rows[0][-1]
    assert f"{p:.3f}" in cells_of(page, "Survival")[0][-1] or f"{p:.2e}" in cells_of(page, "Survival")[0][-1]


def test_failures_are_escaped_and_figures_embedded(a_page) -> None:
    page, _, folder = a_page
    assert "a &lt;damaged&gt; file" in page and "<damaged>" not in page
    files = list((folder / "figures").glob("*.png"))
    assert page.count("data:image/png;base64,") == len(files) > 10
    assert "http" not in page and str(folder) not in page


def test_next_to_nothing_has_a_report_too(tmp_path) -> None:
    result = evaluate_cohort([CohortRow("1", "A", {"dice": 0.5})])
    write_cohort_report(result, tmp_path / "r.html", tmp_path / "f", name="one", failures=NO_FAILURES)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "0.500 (0)" in page and "Survival" not in page and "Failures</h2>" not in page
