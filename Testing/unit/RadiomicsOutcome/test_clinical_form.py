"""A form that a signature describes."""

import pytest


@pytest.fixture
def a_form(a_module):
    import qt
    from RadiomicsOutcomeLib import ClinicalForm

    changes = []
    widget = qt.QWidget()
    return ClinicalForm(widget, lambda column, text: changes.append((column, text))), changes, widget


def labels(widget):
    (place,) = range(widget.layout().count())  # just one form
    rows = widget.layout().itemAt(place).widget().layout()
    return [rows.itemAt(2 * n).widget().text() for n in range(rows.rowCount())]


def fields():
    from RadiomicsOutcomeLib import Field

    age = Field("age", "age", "years", "at the scan", low=30.0, high=90.0, optional=True)
    return age, Field("stage", "stage", categories=(("I", "early"), ("II", "II")))


def test_a_field_a_feature_with_its_unit_range_and_categories(a_form):
    form, changes, widget = a_form
    form.show(fields(), {"age": "61", "stage": "II"})
    assert form.edit("age").text() == "61"
    assert form.edit("age").placeholderText() == "in training 30 - 90 years; may be empty"
    assert form.edit("age").toolTip() == "at the scan"
    box = form.edit("stage")
    assert [box.itemText(n) for n in range(box.count())] == ["choose", "I: early", "II"]
    assert box.currentText() == "II"
    assert labels(widget) == ["age (years):", "stage:"]
    assert changes == []  # nobody has typed


def test_what_the_user_types_is_told_and_what_is_wrong_is_red(a_form):
    form, changes, _widget = a_form
    form.show(fields(), {})
    form.edit("age").setText("x")
    form.edit("stage").setCurrentIndex(1)
    form.edit("stage").setCurrentIndex(0)
    assert changes == [("age", "x"), ("stage", "I"), ("stage", "")]
    form.show(fields(), {"age": "x"})
    assert "b00020" in form.edit("age").styleSheet()
    form.show(fields(), {"age": "50"})
    assert form.edit("age").styleSheet() == ""


def test_another_signature_has_another_form(a_form):
    form, _changes, widget = a_form
    form.show(fields(), {})
    form.show(fields()[:1], {})
    assert labels(widget) == ["age (years):"]
    form.show((), {})
    assert labels(widget) == []
