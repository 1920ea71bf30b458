"""Put a trained bone-scan model among the shipped ones: ship_bonescan.py MODEL [FIGURES].

MODEL is the folder ``model`` of a training, FIGURES the ``figures.json`` of ``bench_bonescan_model.py``: what a test on
another centre gave. Called again with figures it changes the card alone.
"""

import json
import shutil
import sys
from pathlib import Path

from oncologyai.models import BoneScanCard, load_any_card, save_card

_MODELS = Path(__file__).resolve().parents[2] / "oncologyai" / "resources" / "models"


def main() -> None:
    """Copy the files and seal the card."""
    source = Path(sys.argv[1])
    card = load_any_card(source)
    folder = _MODELS / card.id
    folder.mkdir(parents=True, exist_ok=True)
    for file in card.files:
        if not (folder / file.name).is_file():
            shutil.copyfile(source / file.name, folder / file.name)
    raw = card.to_json()
    raw["figures"] = json.loads(Path(sys.argv[2]).read_text()) if len(sys.argv) > 2 else []
    raw["digest"] = ""
    save_card(BoneScanCard.model_validate(raw), folder / "card.json")


if __name__ == "__main__":
    main()
