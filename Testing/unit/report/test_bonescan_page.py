"""The page of many bone scans: the likeliest first, failures with their reasons."""

from pathlib import Path

from oncologyai.report import ScanOnPage, write_bonescan_page


def a_scan(name: str, chance: float, **rest: object) -> ScanOnPage:
    cells = {"probability": chance, "low": chance - 0.1, "high": chance + 0.1, "model": "blobs", "threshold": 0.45}
    group = "metastases" if chance >= 0.45 else "no metastases"
    shown = {**cells, "group": group, "explained": "with metastases", **rest}
    return ScanOnPage(name, shown, f"scans/{name}/thumbnail.png")  # type: ignore[dict-item]


def test_scans_are_sorted_by_probability(tmp_path: Path) -> None:
    scans = [a_scan("b", 0.3), a_scan("a", 0.9), a_scan("c", 0.5)]
    write_bonescan_page(tmp_path / "index.html", name="week", scans=scans)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    places = [page.index(f"scans/{name}/") for name in ("a", "c", "b")]
    assert places == sorted(places)
    assert "0.90 (0.80 to 1.00)" in page and "3 classified, 0 failed" in page
    assert "2 metastases, 1 no metastases" in page and "not for clinical use" in page


def test_failures_notes_and_odd_names_are_shown_safely(tmp_path: Path) -> None:
    odd = a_scan("x <1> #2", 0.2, notes="single view & more", foci=3)
    one = a_scan("z", 0.5, foci=1)
    write_bonescan_page(tmp_path / "index.html", name="n", scans=[odd, one], failures=[("y", "<broken>")])
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "x &lt;1&gt; #2" in page and "scans/x%20%3C1%3E%20%232/thumbnail.png" in page
    assert "single view &amp; more" in page and "&lt;broken&gt;" in page and "3 foci; map: with metastases" in page
    assert "1 focus; map" in page


def test_a_folder_in_which_all_failed_has_a_page_of_failures(tmp_path: Path) -> None:
    write_bonescan_page(tmp_path / "index.html", name="n", scans=[], failures=[("y", "no")])
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "0 classified, 1 failed" in page and "By probability" not in page
