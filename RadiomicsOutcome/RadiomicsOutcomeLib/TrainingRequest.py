"""What is asked of a cohort: a study file for ``oncology-ai outcome train``, made of what the panel's boxes say."""

import re
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from .ParameterNode import Design, OutcomeKind
from .SignatureChoice import numberOf
from .TrainingTable import TrainingTable, tableOf

RESULTS, REPORT = "results", "report.html"
_SEED = 0


def modelsOf(kind):
    """Give the short list of models of an outcome: name, words, learner and its options.

    A list of values is tuned within the training patients.
    """
    if kind is OutcomeKind.SURVIVAL:
        return (
            ("cox", _("Cox's model with a ridge, its strength tuned"), "cox", {"penalty": [0.01, 0.1, 1.0]}),
            ("cox-screened", _("Cox's model of what a screen finds"), "cox", {"screen": 0.2, "most": 10}),
            ("boosted-survival", _("Boosted trees, survival"), "boosted-survival", {}),
        )
    return (
        (
            "logistic",
            _("Logistic regression, its ridge tuned"),
            "logistic",
            {"strength": [0.01, 0.1, 1.0], "balanced": False},
        ),
        ("random-forest", _("A random forest"), "random-forest", {}),
        ("boosted-classes", _("Boosted trees, classes"), "boosted-classes", {}),
    )


@dataclass(frozen=True)
class TrainingRequest:
    """A study: table, roles, design, models, and where the results go."""

    table: TrainingTable
    output: str
    kind: OutcomeKind
    patient: str
    time: str = ""
    event: str = ""
    label: str = ""
    positive: str = ""
    group: str = ""
    excluded: tuple[str, ...] = ()
    design: Design = Design.NESTED
    test: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    signature: str = ""
    horizonDays: int = 730
    workers: int = 1

    @property
    def taken(self):
        """Give the columns that have a role of their own."""
        outcome = (self.time, self.event) if self.kind is OutcomeKind.SURVIVAL else (self.label,)
        return tuple(name for name in (self.patient, *outcome, self.group) if name)

    @property
    def offered(self):
        """Give the columns that may be features."""
        return tuple(name for name in self.table.usable if name not in self.taken)

    @property
    def features(self):
        """Give the columns that are features."""
        return tuple(name for name in self.offered if name not in self.excluded)

    @property
    def groups(self):
        """Give the groups that there are."""
        return self.table.values.get(self.group, ())

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        return self.table.problem or self._problemOfRoles() or self._problemOfDesign() or self._problemOfRun()

    def _problemOfRoles(self):
        survival = self.kind is OutcomeKind.SURVIVAL
        asked = [(self.patient, _("Choose the column of the patient."))]
        if survival:
            asked += [
                (self.time, _("Choose the column of the time.")),
                (self.event, _("Choose the column of the event.")),
            ]
        else:
            asked += [(self.label, _("Choose the column of the class."))]
            asked += [(self.positive, _("Choose the value that is class 1."))]
        for value, text in asked:
            if not value:
                return text
        if len(set(self.taken)) < len(self.taken):
            return _("A column has two roles; choose different ones.")
        return "" if self.features else _("Choose at least one feature.")

    def _problemOfDesign(self):
        if self.design is not Design.EXTERNAL:
            return ""
        if not self.group:
            return _("Choose the column of the group: an external test needs it.")
        if not self.test or set(self.test) >= set(self.groups):
            return _("Choose the groups to test on, not all of them.")
        return ""

    def _problemOfRun(self):
        if not self.models:
            return _("Choose at least one model.")
        return "" if self.output else _("Choose a folder for the results.")

    def words(self):
        """Give the words of the command."""
        from oncologyai.bundle import STUDY_FILE

        folder = Path(self.output)
        return [
            "outcome", "train", str(folder / STUDY_FILE), "--out", str(folder / RESULTS),
            "--workers", str(self.workers), "--progress", "json",
        ]  # fmt: skip

    def study(self):
        """Give the content of the study file."""
        from oncologyai.bundle import STUDY_TABLE

        survival = self.kind is OutcomeKind.SURVIVAL
        codes = [name for name in self.features if name not in self.table.numbers]
        roles = {"patient": self.patient, "group": self.group, "categories": codes}
        roles |= {"exclude": [name for name in self.table.columns if name not in (*self.taken, *self.features)]}
        others = [code for code in self.table.values.get(self.event, ()) if numberOf(code) not in (0.0, 1.0)]
        outcome = {"time": self.time, "event": self.event, "competing": others}
        roles |= outcome if survival else {"label": self.label, "positive": self.positive}
        path = STUDY_TABLE if self.table.content is not None else str(Path(self.table.source).absolute())
        content = {
            "name": _plainName(Path(self.output).name),
            "endpoint": self.event if survival else f"{self.label} = {self.positive}",
            "tables": [{"path": path}],
            "roles": roles,
            "design": self._designContent(),
            "models": [
                {"name": name, "learner": learner, "options": options}
                for name, _words, learner, options in modelsOf(self.kind)
                if name in self.models
            ],
            "seed": _SEED,
        }
        content |= {"signature": {"model": self.signature}} if self.signature else {}
        return content | ({"horizons_days": [self.horizonDays]} if survival else {})

    def write(self):
        """Write the study file, and a node's table beside it.

        Raises
        ------
        OutputError
            If the folder cannot be written.
        """
        from oncologyai.bundle import write_study_files

        write_study_files(self.study(), Path(self.output), self.table.content)

    def _designContent(self):
        if self.design is not Design.EXTERNAL:
            return {"kind": self.design.value}
        train = [name for name in self.groups if name not in self.test]
        return {"kind": self.design.value, "train": train, "test": list(self.test)}


def trainingFromParameters(parameters):
    """Take a request from the parameter node; what is no column of the table is left out."""
    table = tableOf(parameters.trainingTable, parameters.trainingFile)

    def column(name):
        return name if name in table.columns else ""

    group = column(parameters.groupColumn)
    label = column(parameters.labelColumn)
    positive = parameters.positiveClass
    known = [name for name, *_rest in modelsOf(parameters.outcomeKind)]
    return TrainingRequest(
        table=table,
        output=parameters.trainingOutput,
        kind=parameters.outcomeKind,
        patient=column(parameters.patientColumn),
        time=column(parameters.timeColumn),
        event=column(parameters.eventColumn),
        label=label,
        positive=positive if positive in table.values.get(label, ()) else "",
        group=group,
        excluded=tuple(parameters.excludedColumns),
        design=parameters.trainingDesign,
        test=tuple(name for name in parameters.testGroups if name in table.values.get(group, ())),
        models=tuple(name for name in known if name in parameters.trainingModels),
        signature=parameters.signatureModel if parameters.signatureModel in parameters.trainingModels else "",
        horizonDays=parameters.horizonDays,
        workers=parameters.trainingWorkers,
    )


def _plainName(name):
    """Give a name that a study may have."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    return plain[:64] or "study"
