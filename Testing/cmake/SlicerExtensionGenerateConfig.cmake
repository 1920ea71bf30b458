# Stand-in: Slicer writes the extension's Config.cmake here; a test needs none.
