"""The page of an exploration: it is whole, needs no network, and what its program computes is right."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import MissingDependencyError
from oncologyai.metrics import roc_points
from oncologyai.pipelines import ExploreConfig, ExploreResult, FeatureSet, explore
from oncologyai.report import explore_data, require_plotly, write_explore_page
from oncologyai.robustness import FeatureStability

STABLE = FeatureStability("rising", "stable", "CCC", 0.95, 0.9, 0.98, 0.85, 31, "test-retest")

graph_objects = pytest.importorskip("plotly.graph_objects", reason="plotly is not installed")

LONG = "wavelet-HHH_glszm_" + "VeryLongNameOfAFeature" * 4
DRIVER = """
const core = require(process.argv[2]), fs = require("fs");
const D = core.prepare(JSON.parse(fs.readFileSync(process.argv[3], "utf8")));
const all = D.names.map((_, n) => n), none = {};
const falling = core.sorted(D, all, "p", true), rising = core.sorted(D, all, "p", false);
const figures = {
  balance: core.balance(D), volcano: core.volcano(D, all, 0), bars: core.bars(D, all, 60),
  matrix: core.matrix(D, new Set(all)), volume: core.volumeCurves(D), with_volume: core.withVolume(D, all, 0),
};
all.forEach((n) => {
  figures["histogram" + n] = core.histogram(D, n);
  figures["boxes" + n] = core.boxes(D, n);
  figures["roc" + n] = core.roc(D, n);
  figures["against" + n] = core.againstVolume(D, n);
});
console.log(JSON.stringify({
  figures, falling, rising,
  names: core.sorted(D, all, "feature", false),
  words: core.search(D, "GLSZM  wavelet", none), note: core.search(D, "constant", none),
  significant: core.search(D, "", { significant: true }), strong: core.search(D, "", { strong: true }),
  free: core.search(D, "", { free: true }), stable: core.search(D, "", { stability: "stable" }),
  correlation: all.map((a) => all.map((b) => core.correlation(D, a, b))),
}));
"""

# a page of next to nothing: elements by id that hold text, children and what listens, and plots that are noted
PAGE = """
const fs = require("fs"), vm = require("vm"), elements = {}, plots = {};
class Element {
  constructor(tag) {
    Object.assign(this, { tag, dataset: {}, children: [], heard: {}, value: "", checked: false, className: "" });
    this.classList = { toggle: (name, on) => { this.marked = on; } };
    this.own = "";
  }
  get textContent() { return this.own + this.children.map((one) => one.textContent).join("|"); }
  set textContent(text) { this.own = text; this.children = []; }
  appendChild(one) { this.children.push(one); return one; }
  setAttribute(name, value) { this[name] = value; }
  addEventListener(name, heard) { this.heard[name] = heard; }
  on(name, heard) { this.heard[name] = heard; }
  closest() { return this; }
}
const ids = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
ids.forEach((id) => { elements[id] = new Element(id); });
elements.data.own = fs.readFileSync(process.argv[4], "utf8");
elements["matrix-of"].value = "all";
const tagged = { "#rows tr": () => elements.rows.children, "#heads th": () => elements.heads.children };
const context = vm.createContext({
  atob, setTimeout: (call) => call(), clearTimeout: () => {}, Uint8Array, Int8Array, Float64Array,
  document: {
    getElementById: (id) => elements[id] || null, createElement: (tag) => new Element(tag),
    querySelectorAll: (query) => tagged[query](),
  },
  Plotly: { react: (element, data, layout) => { plots[element.tag] = { data, layout }; } },
});
for (const file of [process.argv[2], process.argv[5]]) vm.runInContext(fs.readFileSync(file, "utf8"), context);
const names = () => elements.rows.children.map((row) => row.children[0].textContent);
const told = { start: names(), heads: elements.heads.textContent, plots: Object.keys(plots).sort() };
told.chosen = elements.chosen.textContent;
told.histogram = plots.histogram.layout.title.text;
elements.search.value = "GLSZM";
elements.search.heard.input();
told.found = [names(), elements.count.textContent];
elements["matrix-of"].value = "found";
elements["matrix-of"].heard.change();
told.matrix = plots.matrix.data[0].x;
elements.search.value = "";
elements.search.heard.input();
elements.heads.children[0].children[0].heard.click();
told.rising = names();
elements.heads.children[0].children[0].heard.click();
told.falling = [names(), elements.heads.children[0]["aria-sort"]];
elements.rows.heard.click({ target: elements.rows.children[0] });
told.clicked = [elements.chosen.textContent, plots.histogram.layout.title.text];
elements.volcano.heard.plotly_click({ points: [{ customdata: 1 }] });
told.from_plot = elements.chosen.textContent;
elements.strong.checked = true;
elements.strong.heard.change();
told.strong = names();
elements.stability.value = "stable";
elements.stability.heard.change();
told.stable = names();
console.log(JSON.stringify(told));
"""


@pytest.fixture(params=["ab", "abc"])
def a_result(request) -> ExploreResult:
    generator = np.random.default_rng(8)
    values = np.round(generator.normal(size=(48, 6)), 1)
    values[5, 2], values[:, 3], values[7, 4] = np.nan, 1.0, np.inf
    codes = np.arange(48) % len(request.param)
    values[:, 0] += 2 * codes
    values[:, 5] = values[:, 1] * 3
    names = ("rising", "original_shape_VoxelVolume", "gap", "same", LONG, "as <volume>, \u2028 </script>")
    rows = tuple(f"P{n}" for n in range(48))
    labels = tuple(request.param[c] for c in codes)
    table = FeatureSet(names, values, rows, rows, labels, stability={"rising": STABLE}, notes=("a <b>note</b>",))
    return explore(table, ExploreConfig(outcome="grade"))


def script(page: str, name: str) -> str:
    (found,) = re.findall(rf'<script[^>]* id="{name}">(.*?)</script>', page, flags=re.S)
    return found


@pytest.fixture
def a_page(a_result, tmp_path) -> str:
    write_explore_page(a_result, tmp_path / "page.html", name="a <table>", notes=("one more",))
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_needs_no_network(a_page) -> None:
    outside = re.sub(r"<script.*?</script>", "", a_page, flags=re.S)
    assert "http" not in outside and not re.search(r"<(link|img|iframe)|@import|url\(", outside)
    assert not re.search(r"<script[^>]* src=", a_page)
    for own in ("core", "page"):
        assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\(", script(a_page, own))
    assert a_page.count("plotly.js v") >= 1 and len(script(a_page, "plotly")) > 1_000_000
    assert "a &lt;b&gt;note&lt;/b&gt;" in a_page and "a &lt;table&gt;" in a_page and "one more" in a_page
    assert "not for clinical use" in outside


def test_its_data_are_those_of_the_result_whatever_the_names(a_page, a_result) -> None:
    data = json.loads(script(a_page, "data"))
    assert [row[0] for row in data["features"]["rows"]] == list(a_result.table.names)
    assert data == json.loads(json.dumps(explore_data.page_data(a_result)))


def test_its_program_names_only_elements_that_are_there(a_page) -> None:
    used = set(re.findall(r'(?:get|draw)\("([\w-]+)"', script(a_page, "page")))
    there = set(re.findall(r' id="([\w-]+)"', a_page))
    assert used - there <= set() and {"search", "matrix", "volcano", "with-volume"} <= used


def run_node(program: str, folder: Path, *files: str) -> dict:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the page's program cannot be run")
    (folder / "driver.js").write_text(program, encoding="utf-8")
    words = [node, "driver.js", *(str(folder / name) for name in files)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def computed(a_page, tmp_path) -> dict:
    """What the page's own program computes, run by node."""
    for name in ("core", "data"):
        (tmp_path / f"{name}.js").write_text(script(a_page, name), encoding="utf-8")
    return run_node(DRIVER, tmp_path, "core.js", "data.js")


def test_search_sort_and_clicks_change_what_is_shown(a_page, a_result, tmp_path) -> None:
    for name in ("core", "data", "page"):
        (tmp_path / f"{name}.js").write_text(script(a_page, name), encoding="utf-8")
    (tmp_path / "ids.json").write_text(json.dumps(re.findall(r' id="([\w-]+)"', a_page)))
    told = run_node(PAGE, tmp_path, "core.js", "ids.json", "data.js", "page.js")
    names, best = a_result.table.names, a_result.table.names[a_result.strongest(1)[0]]
    assert told["start"][0] == best == told["chosen"] and told["start"][-1] == "same" and len(told["start"]) == 6
    assert told["histogram"] == best and told["heads"].startswith("Feature|Stability|p|p corrected|AUC")
    plots = "against-volume balance bars boxes histogram matrix roc volcano volume-curves with-volume"
    assert told["plots"] == plots.split()
    assert told["found"] == [[LONG], "1 of 6 features"] and told["matrix"] == [LONG]
    assert sorted(told["rising"]) == sorted(names) and told["falling"] == [told["rising"][::-1], "descending"]
    assert told["clicked"][0] == told["falling"][0][0] and told["from_plot"] == names[1]
    assert "rising" in told["strong"] and "same" not in told["strong"] and told["stable"] == ["rising"]


def test_every_plot_is_one_that_plotly_knows(computed) -> None:
    for name, figure in computed["figures"].items():
        assert len(graph_objects.Figure(figure).data) == len(figure["data"]), name


def test_its_curves_are_those_of_the_metric(computed, a_result) -> None:
    labels = np.array(a_result.table.labels)
    for n in range(len(a_result.table.names)):
        traces = computed["figures"][f"roc{n}"]["data"]
        assert len(traces) == len(a_result.areas)
        for label, trace in zip(a_result.areas, traces, strict=True):
            points = roc_points(labels == label, a_result.table.values[:, n])
            assert trace["x"] == pytest.approx(points.false_rate.tolist())
            assert trace["y"] == pytest.approx(points.true_rate.tolist())


def test_its_distributions_hold_every_finite_value(computed, a_result) -> None:
    labels = np.array(a_result.table.labels)
    for n in range(len(a_result.table.names)):
        for kind, axis in (("histogram", "x"), ("boxes", "y")):
            for label, trace in zip(a_result.classes, computed["figures"][f"{kind}{n}"]["data"], strict=True):
                values = a_result.table.values[labels == label, n]
                assert sorted(trace[axis]) == sorted(values[np.isfinite(values)].tolist())


def test_its_correlations_tests_and_volume(computed, a_result) -> None:
    found = np.array(computed["correlation"], dtype=float)
    assert found == pytest.approx(a_result.correlation, abs=0.005, nan_ok=True)
    (heat,) = computed["figures"]["matrix"]["data"]
    order = [a_result.table.names[n] for n in a_result.groups.order]
    assert heat["x"] == heat["y"] == order
    bars = computed["figures"]["bars"]["data"][0]
    tested = {n: p for n, p in enumerate(a_result.values("p_corrected")) if not np.isnan(p)}
    assert bars["customdata"] == sorted(tested, key=lambda n: (a_result.values("p")[n], n))
    assert 10.0 ** -np.array(bars["x"]) == pytest.approx([tested[n] for n in bars["customdata"]], rel=1e-4)
    for curve, trace in zip(a_result.curves, computed["figures"]["volume"]["data"], strict=False):
        assert trace["y"] == pytest.approx(curve.curve.precision.tolist(), rel=1e-4)


def test_search_and_sort_find_what_they_should(computed, a_result) -> None:
    p = a_result.values("p")
    known = [n for n in range(6) if not np.isnan(p[n])]
    assert computed["rising"] == [*sorted(known, key=lambda n: (p[n], n)), 3]
    assert computed["falling"][-1] == 3 and computed["falling"][0] == max(known, key=lambda n: p[n])
    assert computed["words"] == [4] and computed["note"] == [3] and computed["stable"] == [0]
    assert computed["significant"] == np.flatnonzero(a_result.values("p_corrected") < 0.05).tolist()
    assert 0 in computed["strong"] and 3 not in computed["strong"]
    assert computed["free"] == np.flatnonzero(np.abs(a_result.values("spearman_volume")) <= 0.75).tolist()
    assert 1 not in computed["free"] and 5 not in computed["free"]


def test_a_page_that_cannot_hold_all_says_so(a_result, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(explore_data, "_MOST_FEATURES", 2)
    write_explore_page(a_result, tmp_path / "page.html", name="t")
    told = r"this page holds the [23] features of the least p of 6; the tables hold all"
    assert re.search(told, (tmp_path / "page.html").read_text(encoding="utf-8"))


def test_without_volume_and_stability_their_parts_are_absent(tmp_path) -> None:
    values = np.random.default_rng(0).normal(size=(24, 2))
    rows = tuple(map(str, range(24)))
    result = explore(FeatureSet(("a", "b"), values, rows, rows, ("x", "y") * 12))
    write_explore_page(result, tmp_path / "page.html", name="t")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    there = set(re.findall(r' id="([\w-]+)"', page))
    assert not there & {"with-volume", "against-volume", "volume-curves", "free", "stability"}


def test_without_plotly_the_feature_is_named(monkeypatch, a_result, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(MissingDependencyError, match=r"interactive page.*pip install 'oncologyai\[stats\]'"):
        require_plotly()
    with pytest.raises(MissingDependencyError, match="interactive page"):
        write_explore_page(a_result, tmp_path / "page.html", name="t")
    assert not list(Path(tmp_path).glob("page.html"))
