"""Run a module's self-test from an installed scripted-modules folder alone.

    python run_installed.py <qt-scripted-modules folder> <checkout> <module>

The library and the module come from the installed folder only. The host is not shipped (inside Slicer there is
Slicer), so its package, and nothing else of the checkout, is taken from there by its path.
"""

import importlib.util
import sys
from pathlib import Path

installed, checkout, name = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3]
# An editable installation in this environment must not answer for a file that was not installed.
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in str(finder).lower()]
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() not in (checkout, Path(__file__).parent)]
sys.path.insert(0, str(installed))

import oncologyai  # noqa: E402 - from the installed folder

assert Path(oncologyai.__file__).is_relative_to(installed), oncologyai.__file__
assert not (installed / "oncologyai" / "host").exists()
source = checkout / "oncologyai" / "host" / "__init__.py"
spec = importlib.util.spec_from_file_location(
    "oncologyai.host", source, submodule_search_locations=[str(source.parent)]
)
oncologyai.host = sys.modules["oncologyai.host"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oncologyai.host)

module = oncologyai.host.load_module(installed / f"{name}.py")
module.self().runTest(msec=0)
foreign = [
    f"{key}: {loaded.__file__}"
    for key, loaded in sorted(sys.modules.items())
    if key.partition(".")[0] in ("oncologyai", name, f"{name}Lib")
    and not key.startswith("oncologyai.host")
    and not Path(loaded.__file__).is_relative_to(installed)
]
assert not foreign, foreign
sys.stdout.write(f"{name}: self-test passed from {installed}\n")
