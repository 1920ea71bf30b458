"""Use cases over many cases: parallel, resumable, one bad case never stops the rest.

What other commands need::

    from oncologyai.batch import BatchOptions, Case, run_cases

    cases = [Case("LUNG1-001", {"image": ct, "masks": rtstruct}, shown={"patient": "LUNG1-001"}), ...]
    report = run_cases(
        "features",                      # a name of STEPS, or a Step
        cases,
        out / "state",                   # keeps state and results; the same call goes on, or finds all done
        settings={"preset": "ch4"},    # arguments that all cases share
        options=BatchOptions(workers=2, retries=2),
        progress=watch,
    )
    report.table                         # Table: shown columns, case, then the rows' own
    report.failures                      # Failure(case, step, reason, kind), one a step that failed
    report.folders["LUNG1-001", "features"]      # read-only files of a case

A step is registered in ``steps.STEPS`` as ``Step(name, "module:function", outputs)``; the functions of the library's
commands are in ``use_cases``. Such a function does one case::

    def features_case(folder: Path, *, progress: Progress, image: Path, masks: Path, preset: str = "") -> Table

* ``folder`` is empty and its own: files written there appear in the store when the function ends well. Nothing else
  may be written. Rows to be gathered over the cases are returned as a ``Table`` (None where there are none).
* Keyword arguments are what recipes and cases give, read by their annotations (pydantic): text of a table's cell
  becomes a number, a path, a list (``a;b``). An argument of type ``Path`` (also in tuples and mappings) is an input,
  whose bytes are hashed; every other one is a setting. Both go into the result's key, so a result is computed once.
* An error is raised, not returned. An ``InputError`` is the case's own fault: never tried again while its input stays.
* It must not depend on anything else; what else counts (a model's digest) is told by ``Step.depends``.

Modules: ``recipe``, ``references``, ``cases`` and ``plan`` say what is to be done; ``state`` keeps what was done;
``fingerprint``, ``store`` and ``lock`` keep results by content; ``execute`` does one task in a worker; ``child_pool``,
``worker`` and ``dask_pool`` are the workers; ``coordinator`` leads; ``gather`` and ``deliver`` make the tables.
"""

from oncologyai.batch.bonescan_cohort import bonescan_cohort, find_bonescans
from oncologyai.batch.case_runner import BatchRunner
from oncologyai.batch.cases import Case, read_cases
from oncologyai.batch.cohort_features import FEATURE_ROLES, features_cohort
from oncologyai.batch.deliver import copy_files, failures_beside, write_results
from oncologyai.batch.gather import BatchReport, Failure, chosen_batch, gather
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.recipe import Recipe, read_recipe, recipe_schema
from oncologyai.batch.run import retry_batch, run_cases, run_recipe
from oncologyai.batch.state import STATE_FILE, State
from oncologyai.batch.step import Step, parameters_of
from oncologyai.batch.steps import STEPS

__all__ = [
    "FEATURE_ROLES",
    "STATE_FILE",
    "STEPS",
    "BatchOptions",
    "BatchReport",
    "BatchRunner",
    "Case",
    "Failure",
    "Recipe",
    "State",
    "Step",
    "bonescan_cohort",
    "chosen_batch",
    "copy_files",
    "failures_beside",
    "features_cohort",
    "find_bonescans",
    "gather",
    "parameters_of",
    "read_cases",
    "read_recipe",
    "recipe_schema",
    "retry_batch",
    "run_cases",
    "run_recipe",
    "write_results",
]
