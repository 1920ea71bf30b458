"""MRML without the application: starts slicer-core and supplies the names of Slicer that modules need.

Scripts and modules then run unchanged. A green run here is not a test in Slicer: docs/slicer-api.md says what was
tried where. Nothing here answers to a name that Slicer lacks.
"""

from oncologyai.host.load import ScriptedModule, load_module
from oncologyai.host.start import clear, is_started, start, stop

__all__ = ["ScriptedModule", "clear", "is_started", "load_module", "start", "stop"]
