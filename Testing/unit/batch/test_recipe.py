"""Recipes are checked whole before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncologyai.batch.plan import plan_recipe
from oncologyai.batch.recipe import read_recipe, schema_text
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.resources import resource_path

GOOD = """
name: one
table: cases.csv
steps:
  - {name: f, use: features, with: {image: "{pet}", masks: "{mask}", preset: default}}
  - {name: m, use: measure, with: {image: "{pet}", masks: "{mask}"}}
"""


def written(folder: Path, text: str, table: str = "case,pet,mask\na,a.nrrd,b.nrrd\n") -> Path:
    (folder / "cases.csv").write_text(table)
    (folder / "recipe.yaml").write_text(text)
    return folder / "recipe.yaml"


def test_published_schema_is_the_one_of_the_class() -> None:
    published = resource_path("schemas/batch-recipe.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write it again: resources/schemas/batch-recipe.schema.json from schema_text()"


def test_reads_a_recipe(tmp_path: Path) -> None:
    plan = plan_recipe(written(tmp_path, GOOD))
    assert [(task.case, task.step) for task in plan.tasks] == [("a", "f"), ("a", "m")]
    assert plan.tasks[0].arguments == {
        "image": str(tmp_path / "a.nrrd"),
        "masks": [str(tmp_path / "b.nrrd")],
        "preset": "default",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("use: features", "use: featurs"), "step f use: expected one of .*convert, .*got 'featurs'"),
        (("preset: default", "presets: default"), "argument of .*step f: expected one of .*got 'presets'"),
        (("preset: default", "allow_missing_slices: often"), "features.allow_missing_slices: expected a valid bool"),
        (('"{pet}"', '"{ct}"'), "column in .*expected one of case, mask, pet, got 'ct'"),
        (('"{mask}", pre', '"{later.mask}", pre'), "earlier step in .*got 'later'"),
        (
            ("{name: m, use: measure, with: {image", "{name: m, use: measure, with: {unit"),
            "expected its argument image",
        ),
        (("{name: m", "{name: f"), "expected steps of different names"),
        (("name: one", "name: one\ngather: g"), "gather: expected one of f, m"),
        (("name: one", "nam: one"), "recipe.yaml name: expected Field required"),
    ],
)
def test_refuses_what_it_does_not_know(change: tuple[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        plan_recipe(written(tmp_path, GOOD.replace(*change)))


def test_an_output_is_one_that_the_earlier_step_makes(tmp_path: Path) -> None:
    text = GOOD.replace('image: "{pet}", masks: "{mask}"}}\n', 'image: "{pet}", masks: "{f.mask}"}}\n')
    with pytest.raises(InputError, match="output of f in .*: expected one of folder, table, got 'mask'"):
        plan_recipe(written(tmp_path, text))
    plan = plan_recipe(written(tmp_path, text.replace("{f.mask}", "{f.folder}/{case}.nrrd")))
    reference = plan.tasks[1].outputs["masks"]
    assert (reference.step, reference.output, reference.rest) == ("f", "folder", "/a.nrrd")


def test_refuses_what_is_no_yaml_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="expected a recipe"):
        read_recipe(tmp_path / "absent.yaml")
    with pytest.raises(UnreadableFileError, match="expected YAML"):
        read_recipe(written(tmp_path, "steps: ["))


def test_text_of_the_recipe_is_a_path_beside_the_recipe_and_a_cell_one_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    written(tmp_path / "tables", "", "case,pet\na,a.nrrd\n")
    text = GOOD.replace("cases.csv", "tables/cases.csv").replace("{mask}", "atlas.nrrd")
    plan = plan_recipe(written(tmp_path, text))
    assert plan.tasks[0].arguments["image"] == str(tmp_path / "tables" / "a.nrrd")
    assert plan.tasks[0].arguments["masks"] == [str(tmp_path / "atlas.nrrd")]
