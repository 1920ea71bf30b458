"""A list whose entries are checked one by one."""

import qt


class CheckList:
    """Drives a QListWidget.

    Parameters
    ----------
    widget : QListWidget
    onChanged : callable
        Called without arguments when the user checks or unchecks an entry.
    """

    def __init__(self, widget, onChanged):
        self._widget, self._onChanged = widget, onChanged
        self._entries = None
        self._keys = ()
        self._busy = False
        widget.connect("itemChanged(QListWidgetItem*)", self._onItemChanged)

    def show(self, entries, checked):
        """Show entries, pairs of key and text, and check those whose keys are in ``checked``."""
        self._busy = True
        entries = list(entries)
        if entries != self._entries:  # filling it again would scroll back to its beginning
            self._widget.clear()
            for _key, text in entries:
                self._widget.addItem(text)
            self._entries, self._keys = entries, tuple(key for key, _text in entries)
        for row, key in enumerate(self._keys):
            state = qt.Qt.Checked if key in checked else qt.Qt.Unchecked
            item = self._widget.item(row)
            if item.checkState() != state or not item.data(qt.Qt.CheckStateRole):
                item.setCheckState(state)
        self._busy = False

    def checked(self):
        """Give the keys of the checked entries, in the list's order."""
        return [key for row, key in enumerate(self._keys) if self._widget.item(row).checkState() == qt.Qt.Checked]

    def filter(self, text):
        """Show the entries that hold every word of ``text``."""
        words = text.lower().split()
        for row, (_key, shown) in enumerate(self._entries or ()):
            self._widget.item(row).setHidden(not all(word in shown.lower() for word in words))

    def _onItemChanged(self, _item):
        if not self._busy:
            self._onChanged()
