"""PythonQt's manners: properties as attributes, signals by signature, nothing that PythonQt lacks."""

import types

import pytest

from oncologyai.host import start

slicer = start(qt=True)

import qt  # noqa: E402 - the host supplies it

from oncologyai.host.qt_pythonqt import get_attribute, set_attribute, translate  # noqa: E402


@pytest.fixture(autouse=True)
def a_started_host():
    """Another test of this process may have ended the host."""
    start(qt=True)


def run(source: str, **names):
    scope = {"__pythonqt_get__": get_attribute, "__pythonqt_set__": set_attribute, "qt": qt, **names}
    exec(translate(source, "module.py"), scope)
    return types.SimpleNamespace(**scope)


def test_qt_properties_are_attributes_that_can_be_read_and_set():
    button = qt.QPushButton()
    seen = run("b.text = 'Apply'\nb.enabled = False\ntext, enabled = b.text, b.enabled", b=button)
    assert (seen.text, seen.enabled) == ("Apply", False)
    assert (button.text(), button.isEnabled()) == ("Apply", False)


def test_setters_work_beside_properties_as_in_pythonqt():
    bar = qt.QProgressBar()
    assert run("b.setMaximum(7)\nb.value = 3\nb.value += 2\nv = b.value", b=bar).v == 5


def test_name_is_the_object_name():
    label = qt.QLabel()
    assert run("w.name = 'status'\nn = w.name\nc = w.className()", w=label).n == "status"
    assert label.objectName() == "status"


def test_slot_gets_as_many_arguments_as_the_signature_names():
    button, calls = qt.QPushButton(), []
    run("b.connect('clicked()', f)\nb.connect('clicked(bool)', f)", b=button, f=lambda *a: calls.append(a))
    button.click()
    assert sorted(calls, key=len) == [(), (False,)]


def test_disconnect_undoes_connect():
    button, calls = qt.QPushButton(), []
    f = calls.append
    run("b.connect('clicked(bool)', f)\nb.disconnect('clicked(bool)', f)", b=button, f=f)
    button.click()
    assert calls == []


@pytest.mark.parametrize("source", ["b.connect('pressedHard()', print)", "b.connect('clicked(int,int)', print)"])
def test_refuses_a_signal_that_does_not_exist(source):
    with pytest.raises(AttributeError, match="has no signal"):
        run(source, b=qt.QPushButton())


def test_refuses_a_new_attribute_on_a_qt_object():
    with pytest.raises(AttributeError, match="take no new attributes"):
        run("b.colour = 'red'", b=qt.QPushButton())


def test_refuses_an_attribute_that_does_not_exist():
    with pytest.raises(AttributeError, match="colour"):
        run("b.colour", b=qt.QPushButton())


def test_a_getter_that_is_a_property_cannot_be_called_as_in_pythonqt():
    with pytest.raises(TypeError, match="not callable"):
        run("b.text()", b=qt.QPushButton("x"))


def test_plain_python_is_untouched():
    source = """
class A:
    shared: int = 1
    def __init__(self):
        self.x = self.y = 2
        self.x, self.z = 3, 4
    def __repr__(self):
        return super().__repr__()[:2]
a = A()
a.x += 1
match a.x:
    case 4:
        m = repr(a)
"""
    seen = run(source)
    assert (seen.a.x, seen.a.y, seen.a.z, seen.m) == (4, 2, 4, "<A") or seen.m.startswith("<")


def test_traceback_names_the_line_of_the_module():
    with pytest.raises(AttributeError) as caught:
        run("\n\nb.colour", b=qt.QPushButton())
    assert any(entry.lineno == 2 and "module.py" in str(entry.path) for entry in caught.traceback)
