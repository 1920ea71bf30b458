# Stand-in: Slicer packs the extension here; a test installs it instead.
