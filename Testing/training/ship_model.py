"""Put a trained sarcoma model among the shipped ones: ship_model.py FINAL PATIENT.

FINAL is the folder ``final`` of a cross-validation, PATIENT one of the sarcoma data's. The patient's PET, and where the
model takes them its CT and MR at a fourth of their resolution in the plane, become the card's example, whose expected
mask is what the model gives now: an example tells whether a model runs, not how well it does.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_volume, write_masks, write_volume
from oncologyai.inference import resample, segment_with_model
from oncologyai.models import ModelCard, load_card, save_card, sha256_of
from oncologyai.types import Volume

_FILES = {"pet": "PET_image.nii.gz", "ct": "CT_image.nii.gz", "mr": "MR_T1_image.nii.gz"}
_COARSER = 4
_MODELS = Path(__file__).resolve().parents[2] / "oncologyai" / "resources" / "models"


def main() -> None:
    """Copy the model and add the example."""
    final, patient = Path(sys.argv[1]), Path(sys.argv[2])
    card = load_card(final / "card.json")
    folder = _MODELS / card.id
    folder.mkdir(parents=True, exist_ok=True)
    for file in card.files:
        shutil.copyfile(final / file.name, folder / file.name)
    for channel in card.channels:
        volume = replace(read_volume(patient / _FILES[channel.name]), modality=channel.modality, unit=channel.unit)
        if channel.name != "pet":
            volume = coarse(volume)
        write_volume(replace(volume, meta={}), folder / f"example-{channel.name}.nrrd")
    inputs = {channel.name: f"example-{channel.name}.nrrd" for channel in card.channels}
    volumes = {name: read_volume(folder / file) for name, file in inputs.items()}
    result = segment_with_model(volumes, card, folder)
    write_masks([result.mask], folder / "example-mask.nrrd")
    names = [*inputs.values(), "example-mask.nrrd"]
    raw = card.to_json()
    raw["files"] = [*raw["files"], *(about(folder / name) for name in names)]
    raw["example"] = {
        "inputs": inputs,
        "mask": "example-mask.nrrd",
        "volume_ml": round(result.mask.volume_ml, 3),
        "tolerance_ml": round(0.02 * result.mask.volume_ml, 3),
    }
    raw["digest"] = ""
    save_card(ModelCard.model_validate(raw), folder / "card.json")


def about(path: Path) -> dict[str, object]:
    """Give a file's entry in the card."""
    return {"name": path.name, "role": "example", "sha256": sha256_of(path), "size_bytes": path.stat().st_size}


def coarse(volume: Volume) -> Volume:
    """Give the image at a fourth of its resolution in the plane, in whole numbers."""
    scale = np.diag([_COARSER, _COARSER, 1.0, 1.0])
    scale[:2, 3] = (_COARSER - 1) / 2
    k, j, i = volume.shape
    matrix = volume.ijk_to_ras @ scale
    array = resample(volume, matrix, (k, max(1, j // _COARSER), max(1, i // _COARSER)))
    return replace(volume, array=np.round(array).astype(np.int16), ijk_to_ras=matrix)


if __name__ == "__main__":
    main()
