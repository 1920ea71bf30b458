"""Whether what is in the scene and in the form fits a signature: each feature with its value, and what is missing."""

from dataclasses import dataclass

from slicer.i18n import tr as _

from .SceneFeatures import featuresOf
from .SignatureChoice import numberText


@dataclass(frozen=True)
class FitRow:
    """A feature: its value as text, the range of training, what there is to say, and whether it stops a prediction."""

    feature: str
    value: str
    range: str
    state: str
    stops: bool = False
    isCaution: bool = False


@dataclass(frozen=True)
class SignatureFit:
    """A signature beside what there is of a patient.

    Attributes
    ----------
    rows : tuple of FitRow
    features : SceneFeatures, optional
        Features of the scene that are taken as they are; None where they are computed, or none are needed.
    problem : str
        Why nothing can be predicted, as one sentence for the user.
    """

    rows: tuple
    features: object = None
    problem: str = ""


def fitOf(choice, clinical, volume, segmentation, segmentId):
    """Compare.

    Parameters
    ----------
    choice : SignatureChoice
    clinical : ClinicalValues
    volume, segmentation : nodes or None
    segmentId : str
        Of the lesion, "" without one.
    """
    if choice.card is None or choice.problem:
        return SignatureFit((), problem=choice.problem)
    rows = [_clinicalRow(field, clinical) for field in choice.fields]
    features, problem = None, ""
    if choice.usesImage:
        problem = _imageProblem(choice, volume, segmentation, segmentId)
        name = _segmentName(segmentation, segmentId) if not problem else ""
        found = featuresOf(choice.card, volume, segmentation, name) if not problem else None
        rows += [_imageRow(field, choice, found) for field in choice.imageFields]
        features = found if found is not None and found.fits else None
    stop = next((row for row in rows if row.stops), None)
    if not problem and stop is not None:
        problem = f"{stop.feature}: {stop.state}."
    if not problem and not choice.usesImage and not any(row.value for row in rows):
        problem = _("Fill in the patient's values.")  # that of the cohort's average would say nothing of the patient
    return SignatureFit(tuple(rows), features, problem)


def _clinicalRow(field, clinical):
    text = clinical.texts.get(field.column, "").strip()
    wrong = field.problem(text)
    if wrong:
        return FitRow(field.column, text, field.rangeText(), wrong, stops=True)
    if not text:
        return FitRow(field.column, "", field.rangeText(), _("missing: the cohort's value is taken"), isCaution=True)
    if field.isOutside(text):
        return FitRow(field.column, text, field.rangeText(), _("outside the training range"), isCaution=True)
    return FitRow(field.column, text, field.rangeText(), _("found"))


def _imageRow(field, choice, found):
    value = found.values.get(field.column) if found is not None else None
    text = numberText(value) if value is not None else ""
    if found is not None and found.fits:
        outside = value is not None and field.isOutside(repr(value))
        unknown = choice.card.image.sha256 is None
        state = (
            _("outside the training range") if outside else _("found, of unknown settings") if unknown else _("found")
        )
        return FitRow(field.column, text, field.rangeText(), state, isCaution=outside or unknown)
    if choice.canCompute:
        state = _("other settings; computed anew") if text else _("not in the scene; computed on Apply")
        return FitRow(field.column, text, field.rangeText(), state)
    state = _("other settings") if text else _("missing")
    return FitRow(field.column, text, field.rangeText(), state, stops=True)


def _imageProblem(choice, volume, segmentation, segmentId):
    """Give why no features of an image can be had, "" where they can."""
    if volume is None or volume.GetImageData() is None:
        return _("Choose a volume (under Inputs): the signature needs features of an image.")
    if segmentation is None or not segmentId:
        return _("Choose a segmentation with a lesion (under Inputs).")
    from oncologyai.scene import image_kind

    wanted, (modality, unit) = choice.card.image, image_kind(volume)
    if wanted.modality and modality not in ("OT", wanted.modality):
        text = _("The signature is of {wanted}; the volume '{name}' is {got}.")
        return text.format(wanted=wanted.modality, name=volume.GetName(), got=modality)
    if wanted.unit and unit not in ("arbitrary", wanted.unit):
        text = _("The signature needs values in {wanted}; the volume '{name}' has {got}.")
        return text.format(wanted=wanted.unit, name=volume.GetName(), got=unit)
    return ""


def _segmentName(segmentation, segmentId):
    return segmentation.GetSegmentation().GetSegment(segmentId).GetName()
