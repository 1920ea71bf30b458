"""Boxes that choose columns of a table, or values of a column, by their text."""

from slicer.i18n import tr as _


class ColumnBoxes:
    """Drives several QComboBox; the first entry of each chooses nothing.

    Parameters
    ----------
    boxes : mapping of str to QComboBox
        By the parameter that a box shows.
    """

    def __init__(self, boxes):
        self._boxes = dict(boxes)
        self._parameters = None
        self._texts = {}
        self._busy = False
        for name, box in self._boxes.items():
            box.connect("currentIndexChanged(int)", self._takes(name))

    def setParameters(self, parameters):
        """Edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def show(self, name, texts):
        """Show the texts that a box offers and what its parameter says."""
        self._busy = True
        box, texts, chosen = self._boxes[name], tuple(texts), getattr(self._parameters, name)
        if self._texts.get(name) != texts:
            self._texts[name] = texts
            box.clear()
            box.addItem(_("none"))
            for text in texts:
                box.addItem(text)
        box.setCurrentIndex(texts.index(chosen) + 1 if chosen in texts else 0)
        self._busy = False

    def _takes(self, name):
        def take(index):
            if not self._busy and self._parameters is not None:
                setattr(self._parameters, name, self._texts[name][index - 1] if index > 0 else "")

        return take
