"""Every structure we name has a complete SNOMED CT terminology."""

import pytest

from oncologyai.errors import InputError
from oncologyai.resources import resource_path, terminology, terminology_names


@pytest.mark.parametrize("name", terminology_names())
def test_each_entry_is_complete(name: str) -> None:
    entry = terminology(name)
    for code in (entry.category, entry.type, *([entry.modifier] if entry.modifier else [])):
        assert code.scheme == "SCT"
        assert code.value.isdigit()
        assert code.meaning
    assert all(0 <= c <= 255 for c in entry.rgb)


def test_tumour_is_a_primary_neoplasm() -> None:
    assert terminology("tumour").type.meaning == "Neoplasm, Primary"


def test_refuses_an_unknown_name() -> None:
    with pytest.raises(InputError, match="terminology: expected one of body"):
        terminology("unicorn")


def test_resource_files_exist() -> None:
    assert resource_path("terminology.json").is_file()
