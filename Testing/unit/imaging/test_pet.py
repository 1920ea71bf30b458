"""PET becomes SUV: worked cases against numbers computed by hand, refusals, and the audit trail.

The reference case: 370 MBq F-18 (T = 6586.2 s) injected at 09:00:00, scan start 10:00:00, 70 kg, 1.75 m, male.
Left at the scan: 370e6 * 2**(-3600 / 6586.2) = 253314180.24 Bq, so SUVbw per Bq/mL = 70000 / 253314180.24.
"""

import math

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from oncologyai.errors import AmbiguousStudyError, InputError, MissingAttributeError, UnitsError
from oncologyai.imaging import find_studies, read_series
from oncologyai.imaging.pet import check_suv_kind, pet_scale

HALF_LIFE = 6586.2
LEFT = 370e6 * math.exp(-math.log(2) * 3600 / HALF_LIFE)


def a_pet(*, drug=None, **attributes):
    header = Dataset()
    header.Modality, header.Units, header.DecayCorrection = "PT", "BQML", "START"
    header.CorrectedImage = ["DECY", "ATTN", "SCAT"]
    header.SeriesDate = header.AcquisitionDate = "20240102"
    header.SeriesTime = header.AcquisitionTime = "100000"
    header.PatientWeight, header.PatientSize, header.PatientSex = "70", "1.75", "M"
    item = Dataset()
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = "370000000", str(HALF_LIFE)
    item.RadiopharmaceuticalStartTime = "090000"
    for keyword, value in (drug or {}).items():
        _set(item, keyword, value)
    header.RadiopharmaceuticalInformationSequence = Sequence([item])
    for keyword, value in attributes.items():
        _set(header, keyword, value)
    return header


def _set(dataset, keyword, value):
    if value is None:
        delattr(dataset, keyword)
    else:
        setattr(dataset, keyword, value)


def scale(header, kind="bw"):
    return pet_scale({"pet.dcm": header}, kind=kind)


def test_the_reference_number_is_the_one_worked_by_hand():
    assert pytest.approx(253314180.2416, rel=1e-12) == LEFT


@pytest.mark.parametrize(
    ("kind", "size", "unit"),
    [
        ("bw", 70_000.0, "SUVbw"),
        # 1.10 * 70 - 128 * (70 / 175)**2 = 56.52 kg
        ("lbm", 56_520.0, "SUVlbm"),
        # 9270 * 70 / (6680 + 216 * 70 / 1.75**2) = 55.8579... kg
        ("lbm-janma", 9270 * 70 / (6680 + 216 * 22.857142857142858) * 1000, "SUVlbm"),
        # 0.007184 * 70**0.425 * 175**0.725 = 1.8481 m2
        ("bsa", 0.007184 * math.exp(0.425 * math.log(70) + 0.725 * math.log(175)) * 1e4, "SUVbsa"),
    ],
)
def test_activity_corrected_to_the_start_of_the_scan(kind, size, unit):
    found = scale(a_pet(), kind)
    assert found.factor == pytest.approx(size / LEFT, rel=1e-9)
    assert found.unit == unit and found.warnings == ()


def test_lean_body_mass_of_a_woman():
    # 1.07 * 70 - 148 * (70 / 175)**2 = 51.22 kg
    assert scale(a_pet(PatientSex="F"), "lbm").factor == pytest.approx(51_220.0 / LEFT, rel=1e-9)
    # 9270 * 70 / (8780 + 244 * 22.857...) = 45.19... kg
    expected = 9270 * 70 / (8780 + 244 * 22.857142857142858) * 1000 / LEFT
    assert scale(a_pet(PatientSex="F"), "lbm-janma").factor == pytest.approx(expected, rel=1e-9)


def test_activity_corrected_to_the_administration_does_not_decay():
    found = scale(a_pet(DecayCorrection="ADMIN", drug={"RadiopharmaceuticalStartTime": None}, SeriesTime=None))
    assert found.factor == pytest.approx(70_000 / 370e6, rel=1e-12)
    assert found.audit["decay_s"] == 0.0


def test_an_injection_before_midnight_by_time_of_day():
    header = a_pet(SeriesTime="003000", AcquisitionTime="003000", drug={"RadiopharmaceuticalStartTime": "233000"})
    found = scale(header)
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-9)
    assert found.audit["injection"]["rule"] == "time of day, on the day before the scan"
    assert found.audit["injection"]["time"] == "2024-01-01T23:30:00"


def test_an_injection_before_midnight_by_date_and_time():
    header = a_pet(
        SeriesTime="003000", AcquisitionTime="003000",
        drug={"RadiopharmaceuticalStartDateTime": "20240101233000.00", "RadiopharmaceuticalStartTime": "120000"},
    )  # fmt: skip
    assert scale(header).factor == pytest.approx(70_000 / LEFT, rel=1e-9)


def test_an_injection_days_before_with_a_long_half_life():
    half_life = 282_276.0  # Zr-89
    header = a_pet(drug={"RadiopharmaceuticalStartDateTime": "20231229100000", "RadionuclideHalfLife": str(half_life)})
    assert scale(header).factor == pytest.approx(70_000 / (370e6 * 2 ** (-4 * 86400 / half_life)), rel=1e-9)


def test_a_wrong_injection_date_falls_back_on_the_time_of_day_and_warns():
    found = scale(a_pet(drug={"RadiopharmaceuticalStartDateTime": "20190630090000"}))
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-9)
    assert "does not fit the scan" in found.warnings[0]


def test_dates_removed_by_deidentification_leave_the_times():
    found = scale(a_pet(SeriesDate=None, AcquisitionDate=None))
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-9)


def test_an_injection_long_before_the_scan_warns():
    found = scale(a_pet(drug={"RadiopharmaceuticalStartTime": "100100"}))
    assert "24.0 h before the scan" in found.warnings[0]


def test_a_rewritten_series_time_gives_way_to_the_earliest_acquisition():
    late = {"SeriesTime": "154500"}
    headers = {
        "b.dcm": a_pet(**late, AcquisitionTime="100500"),
        "a.dcm": a_pet(**late, AcquisitionTime="100000"),
    }
    found = pet_scale(headers, kind="bw")
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-9)
    assert found.audit["scan"]["rule"] == "series time was rewritten: earliest acquisition"
    assert {"attribute": "AcquisitionDate, AcquisitionTime", "tag": "", "value": "2024-01-02 10:00:00",
            "file": "a.dcm"} in found.audit["inputs"]  # fmt: skip


def test_a_rewritten_series_time_is_computed_back_from_the_frame_reference_time():
    """A bed position from 10:05 to 10:08; its mean count rate lies 384.0 s after the scan's start."""
    rate = math.log(2) / HALF_LIFE
    mean = math.log(rate * 180 / (1 - math.exp(-rate * 180))) / rate
    header = a_pet(
        SeriesTime="154500", AcquisitionTime="100500", FrameReferenceTime=str(round((300 + mean) * 1000, 3)),
        ActualFrameDuration="180000",
    )  # fmt: skip
    found = scale(header)
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-6)
    assert "computed back" in found.audit["scan"]["rule"]


def test_a_rewritten_series_time_gives_way_to_the_private_time_of_ge():
    header = a_pet(SeriesTime="154500", AcquisitionTime="102000")
    block = header.private_block(0x0009, "GEMS_PETD_01", create=True)
    block.add_new(0x0D, "DT", "20240102100000.00")
    found = scale(header)
    assert found.factor == pytest.approx(70_000 / LEFT, rel=1e-9)
    assert found.audit["scan"]["rule"].endswith("GE private time")


def test_enhanced_pet_states_the_time_of_its_correction():
    header = a_pet(
        DecayCorrection=None, DecayCorrected="YES", DecayCorrectionDateTime="20240102100000", SeriesTime="120000",
        drug={"RadiopharmaceuticalStartDateTime": "20240102090000"},
    )  # fmt: skip
    assert scale(header).factor == pytest.approx(70_000 / LEFT, rel=1e-9)


def test_a_time_zone_in_the_injection_time_is_heeded():
    header = a_pet(TimezoneOffsetFromUTC="+0100", drug={"RadiopharmaceuticalStartDateTime": "20240102080000+0000"})
    assert scale(header).factor == pytest.approx(70_000 / LEFT, rel=1e-9)


def philips(to_suv=None, to_activity=None, **attributes):
    header = a_pet(Units="CNTS", **attributes)
    block = header.private_block(0x7053, "Philips PET Private Group", create=True)
    for element, value in ((0x00, to_suv), (0x09, to_activity)):
        if value is not None:
            block.add_new(element, "DS", value)
    return header


def test_philips_counts_by_the_suv_factor():
    assert scale(philips("0.000551")).factor == pytest.approx(0.000551, rel=1e-12)
    assert scale(philips("0.000551"), "lbm").factor == pytest.approx(0.000551 * 56.52 / 70, rel=1e-12)


def test_philips_counts_by_the_activity_factor():
    assert scale(philips(None, "1.7")).factor == pytest.approx(1.7 * 70_000 / LEFT, rel=1e-9)
    assert scale(philips("0", "1.7")).factor == pytest.approx(1.7 * 70_000 / LEFT, rel=1e-9)


def test_philips_factors_as_unknown_bytes_without_their_creator():
    header = a_pet(Units="CNTS")
    header.add_new((0x7053, 0x1000), "UN", b"0.25 ")
    assert scale(header).factor == 0.25


def test_values_that_are_suv_already():
    assert scale(a_pet(Units="GML")).factor == 1.0
    assert scale(a_pet(Units="GML", SUVType="LBMJANMA"), "lbm-janma").factor == 1.0
    assert scale(a_pet(Units="CM2ML"), "bsa").factor == 1.0
    assert scale(a_pet(Units="GML"), "lbm").factor == pytest.approx(56.52 / 70, rel=1e-12)
    assert scale(a_pet(Units="GML", SUVType="LBM")).factor == pytest.approx(70 / 56.52, rel=1e-12)


@pytest.mark.parametrize(("units", "unit"), [("BQML", "BQML"), ("CNTS", "counts"), ("GML", "arbitrary")])
def test_stored_values_on_request(units, unit):
    found = scale(a_pet(Units=units, PatientWeight=None), "none")
    assert (found.factor, found.unit) == (1.0, unit)


@pytest.mark.parametrize("keyword", ["RadionuclideTotalDose", "RadionuclideHalfLife"])
def test_a_missing_dose_or_half_life_is_refused(keyword):
    with pytest.raises(MissingAttributeError, match=f"{keyword}: expected a value above 0 for SUV, got none"):
        scale(a_pet(drug={keyword: None}))


@pytest.mark.parametrize(
    ("kind", "keyword", "message"),
    [
        ("bw", "PatientWeight", "PatientWeight: expected a value above 0 for SUV, got none; export the PET with it"),
        ("lbm", "PatientSize", "PatientSize: expected a value above 0 for SUV by lean body mass"),
        ("bsa", "PatientSize", "PatientSize: expected a value above 0 for SUV by body surface area"),
        ("lbm", "PatientSex", "PatientSex: expected M or F, for lean body mass, got none"),
        ("bw", "DecayCorrection", "DecayCorrection: expected START or ADMIN, got none"),
        ("bw", "Units", "Units: expected the unit of a PET series, got none"),
    ],
)
def test_a_missing_attribute_is_refused_by_name(kind, keyword, message):
    header = a_pet(**{keyword: None})
    header.Rows = header.Columns = 2
    with pytest.raises(MissingAttributeError, match=message):
        scale(header, kind)


def test_a_weight_of_zero_counts_as_missing():
    with pytest.raises(MissingAttributeError, match="PatientWeight: expected a value above 0 for SUV, got 0"):
        scale(a_pet(PatientWeight="0"))


def test_missing_times_are_refused():
    with pytest.raises(MissingAttributeError, match="RadiopharmaceuticalStartTime: expected the time of injection"):
        scale(a_pet(drug={"RadiopharmaceuticalStartTime": None}))
    with pytest.raises(MissingAttributeError, match="SeriesTime: expected the time the scan began"):
        scale(a_pet(SeriesTime=None, AcquisitionTime=None))


def test_no_tracer_at_all_is_refused():
    with pytest.raises(MissingAttributeError, match="RadionuclideTotalDose"):
        scale(a_pet(RadiopharmaceuticalInformationSequence=None))


def test_two_tracers_are_refused():
    header = a_pet()
    header.RadiopharmaceuticalInformationSequence.append(Dataset())
    with pytest.raises(AmbiguousStudyError, match="expected one tracer, got 2"):
        scale(header)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"drug": {"RadionuclideTotalDose": "370"}}, "injected_dose_bq: expected Bq, .* this small is in MBq"),
        ({"DecayCorrection": "NONE"}, "expected START or ADMIN, got NONE"),
        ({"CorrectedImage": ["DECY"]}, r"corrected for attenuation \(ATTN\), got DECY"),
        ({"Units": "PROPCPS"}, "expected BQML, CNTS, GML or CM2ML, got PROPCPS"),
        ({"Units": "CNTS"}, "CNTS with a Philips factor .* got neither"),
        ({"Units": "GML", "SUVType": "IBW"}, "SUVType .* got IBW"),
        ({"PatientWeight": "70000"}, "body_mass_kg: expected kg, got 70000"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(attributes, message):
    with pytest.raises(UnitsError, match=message):
        scale(a_pet(**attributes))


def test_a_series_of_two_weights_is_refused():
    with pytest.raises(UnitsError, match="PatientWeight: expected one value in the whole series, got 70, 71"):
        pet_scale({"a": a_pet(), "b": a_pet(PatientWeight="71")}, kind="bw")


def test_an_image_that_does_not_say_how_it_was_corrected_warns():
    assert "CorrectedImage is missing" in scale(a_pet(CorrectedImage=None)).warnings[0]


def test_an_unknown_kind_is_refused():
    with pytest.raises(InputError, match="suv: expected one of bsa, bw, lbm, lbm-janma, none, got 'g'"):
        check_suv_kind("g")


def test_the_audit_trail_names_every_input_with_tag_value_and_file():
    audit = scale(a_pet(), "lbm").audit
    inputs = {i["attribute"]: (i["tag"], i["value"], i["file"]) for i in audit["inputs"]}
    assert inputs["PatientWeight"] == ("(0010,1030)", "70", "pet.dcm")
    assert inputs["RadionuclideTotalDose"] == ("(0018,1074)", "370000000", "pet.dcm")
    assert inputs["RadionuclideHalfLife"][0] == "(0018,1075)"
    assert inputs["RadiopharmaceuticalStartTime"] == ("(0018,1072)", "09:00:00", "pet.dcm")
    assert {"Units", "DecayCorrection", "PatientSize", "PatientSex"} < set(inputs)
    assert audit["kind"] == "lbm" and audit["decay_s"] == 3600.0
    assert audit["factor"] == pytest.approx(56_520 / LEFT)
    assert audit["decayed_dose_bq"] == pytest.approx(LEFT)


def test_a_series_of_varying_slopes_is_read_in_suv(a_writer):
    stored = np.arange(1, 4 * 3 * 3 + 1, dtype=np.int16).reshape(4, 3, 3)
    header = a_pet()

    def tell(k, dataset):
        dataset.RescaleSlope = f"{1.5 + k}"
        dataset.update(header)

    a_writer.write(stored, modality="PT", intercept=0, change=tell)
    (study,) = find_studies(a_writer.folder)
    volume = read_series(study.series[0])
    expected = stored * (1.5 + np.arange(4))[:, None, None] * (70_000 / LEFT)
    assert volume.unit == "SUVbw" and volume.array.dtype == np.float32
    np.testing.assert_allclose(volume.array, expected, rtol=1e-6)
    assert volume.meta["suv"]["inputs"][0]["file"] == study.series[0].files[0]
    raw = read_series(study.series[0], suv="none")
    assert raw.unit == "BQML"
    np.testing.assert_allclose(raw.array, stored * (1.5 + np.arange(4))[:, None, None], rtol=1e-6)
