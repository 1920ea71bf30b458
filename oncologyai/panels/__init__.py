"""What the panels of the modules share: a command in a process of its own, and the packages that it needs.

Runs inside Slicer 5.10 and later, and in ``oncologyai.host``; its methods are named as Slicer's guide asks.
"""

from oncologyai.panels.batch_panel import BatchPanel
from oncologyai.panels.bundle_run import BundleRun, WritableProtocol, pythonExecutable
from oncologyai.panels.bundle_runner import BundleRunner
from oncologyai.panels.child_process import ChildProcess, Outcome
from oncologyai.panels.command_run import CommandRun, WordsProtocol
from oncologyai.panels.requirements import ensureRequirements, missingRequirements
from oncologyai.panels.run_controls import RunControls
from oncologyai.panels.run_flow import RunFlow, RunProtocol
from oncologyai.panels.scene_nodes import isInScene, removeNode

__all__ = [
    "BatchPanel",
    "BundleRun",
    "BundleRunner",
    "ChildProcess",
    "CommandRun",
    "Outcome",
    "RunControls",
    "RunFlow",
    "RunProtocol",
    "WordsProtocol",
    "WritableProtocol",
    "ensureRequirements",
    "isInScene",
    "missingRequirements",
    "pythonExecutable",
    "removeNode",
]
