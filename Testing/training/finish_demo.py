"""The demonstration model for CT made ready to ship: tried on thoraxes it never saw, with its card's figures.

Run: ``python Testing/training/finish_demo.py TRAINED TRAIN.csv TEST.csv OUT``. TRAINED is what ``oncology-ai train
segmentation demo-ct-lung-tumour`` wrote; the tables are those of ``make_thoraxes.py``. OUT becomes the model's folder:
the weights, the card with figures, ranges and an example, and the example's image and expected mask. ``OUT.csv`` holds
the Dice of each test case. The figures are of the chain that users run: from the CT to the mask on its grid.
"""

import csv
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_masks, read_volume, write_masks, write_volume
from oncologyai.inference import InferenceConfig, segment_with_model, training_ranges
from oncologyai.metrics import dice
from oncologyai.models import ModelCard, load_card, save_card, sha256_of
from oncologyai.samples import GridSpec, LesionSpec, ThoraxSpec, make_thorax

_MARGIN = 48  # pixels around the lungs: docs/adr/0008-inference.md
_WIDTH_HU = 25.0  # of the card's bins: an example in the bins' middles is the same to the network and packs well
_EXAMPLE = ThoraxSpec(
    grid=GridSpec(size=(176, 130, 34), spacing_mm=(2.0, 2.0, 5.0), centre_ras=(0.0, 0.0, 32.0)),
    lesion=LesionSpec(centre_ras=(72.0, 28.0, 40.0), semi_axes_mm=(19.0, 17.0, 20.0), lobulation=0.1, spiculation=0.1),
    vessels=160,
    couch=False,
    noise_hu=4.0,
)


def say(text):
    print(text, flush=True)  # noqa: T201


def cases_of(table):
    with table.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            volume = read_volume(table.parent / row["ct"])
            yield row["case"], volume, read_masks(table.parent / row["mask"], grid=volume)[0]


def tried(card, folder, table):
    """Run the model on every case of a table; give name, Dice, whether it met the tumour, and volumes."""
    rows = []
    for name, volume, truth in cases_of(table):
        found = segment_with_model(volume, card, folder, config=InferenceConfig(threads=1)).mask
        met = bool((found.array & truth.array).any())
        row = {"case": name, "dice": round(dice(truth, found), 4), "met": int(met),
               "true_ml": round(truth.volume_ml, 2), "found_ml": round(found.volume_ml, 2)}  # fmt: skip
        rows.append(row)
        say(", ".join(f"{key} {value}" for key, value in row.items()))
    return rows


def figures_of(rows):
    scores = np.array([row["dice"] for row in rows])
    low, median, high = (round(float(v), 3) for v in np.quantile(scores, [0.25, 0.5, 0.75]))
    test_set = "synthetic thoraxes of other seeds than those of training; nothing was chosen on them; no patient"
    shared = {"test_set": test_set, "cases": len(rows)}
    met = round(float(np.mean([row["met"] for row in rows])), 3)
    return [
        {"metric": "median Dice (interval: quartiles)", "value": median, "interval": [low, high], **shared},
        {"metric": "mean Dice", "value": round(float(scores.mean()), 3), **shared},
        {"metric": "share of cases whose finding meets the tumour", "value": met, **shared},
    ]


def example_of(card, folder):
    """Write a small thorax and what the model finds in it into the folder; give the card's fields."""
    thorax = make_thorax(_EXAMPLE, np.random.default_rng(7))
    bins = np.floor((thorax.volume.array + 1000.0) / _WIDTH_HU)
    packed = thorax.volume.with_array((bins * _WIDTH_HU - 1000.0 + _WIDTH_HU // 2).astype(np.int16))
    write_volume(replace(packed, meta={}), folder / "example-ct.nrrd")
    volume = read_volume(folder / "example-ct.nrrd")
    found = segment_with_model(volume, card, folder, config=InferenceConfig(threads=1)).mask
    truth = next(mask for mask in thorax.masks if mask.label == "GTV-1")
    say(f"example: Dice with the truth {dice(truth, found):.4f}, {found.volume_ml:.2f} ml of {truth.volume_ml:.2f}")
    write_masks([found], folder / "example-gtv.nrrd")
    files = [
        {"name": name, "role": "example", "sha256": sha256_of(folder / name),
         "size_bytes": (folder / name).stat().st_size} for name in ("example-ct.nrrd", "example-gtv.nrrd")
    ]  # fmt: skip
    volume_ml = round(found.volume_ml, 3)
    example = {"inputs": {"ct": "example-ct.nrrd"}, "mask": "example-gtv.nrrd", "volume_ml": volume_ml,
               "tolerance_ml": round(0.005 * volume_ml, 3), "minimum_dice": 0.995}  # fmt: skip
    return files, example


def main():
    trained, train_table, test_table, out = map(Path, sys.argv[1:5])
    card = load_card(trained)
    out.mkdir(parents=True)
    for file in card.files:
        shutil.copy(trained / file.name, out / file.name)
    rows = tried(card, out, test_table)
    with out.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    files, example = example_of(card, out)
    ranges = training_ranges([{"ct": volume} for _, volume, _ in cases_of(train_table)])
    fields = card.to_json() | {"digest": "", "margin": _MARGIN, "figures": figures_of(rows), "example": example}
    fields["files"] = [*fields["files"], *files]
    fields["training_ranges"] = ranges.model_dump(mode="json")
    save_card(ModelCard.model_validate(fields), out / "card.json")
    for figure in fields["figures"]:
        say(f"{figure['metric']}: {figure['value']}")


if __name__ == "__main__":
    main()
