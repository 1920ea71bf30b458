"""Which region of ``BONE_REGIONS`` a bone of the synthetic skeleton belongs to."""

_REGIONS = {
    "skull": ("skull", "skull base", "face", "upper jaw", "lower jaw", "orbit"),
    "sternum": ("manubrium", "sternum", "sternal angle"),
    "clavicle": ("clavicle", "sternoclavicular joint"),
    "scapula": ("scapula", "scapular spine"),
    "shoulder": ("acromioclavicular joint", "humeral head", "glenoid"),
    "hand": ("wrist", "hand", "thumb"),
    "sacrum": ("sacrum", "sacroiliac joint"),
    "pelvis": ("ilium", "pubis", "pubic ramus", "ischium"),
    "hip": ("acetabulum", "femoral head"),
    "femur": ("femoral neck", "trochanter", "femur"),
    "knee": ("knee", "patella"),
    "lower leg": ("tibia", "fibula"),
    "foot": ("ankle", "heel", "midfoot", "toes"),
    "humerus": ("humerus",),
    "elbow": ("elbow",),
    "forearm": ("radius", "ulna"),
}
_BY_BONE = {bone: region for region, bones in _REGIONS.items() for bone in bones}
_SPINE = {"C": "cervical spine", "T": "thoracic spine", "L": "lumbar spine"}


def region_of_site(site: str) -> str:
    """Give the region of a bone such as 'rib 4 L' or 'T9'."""
    stem = site.removesuffix(" R").removesuffix(" L")
    if stem[0] in _SPINE and stem[1:].isdigit():
        return _SPINE[stem[0]]
    return "ribs" if stem.startswith("rib ") else _BY_BONE[stem]


def side_of_site(site: str) -> str:
    """Give 'right' or 'left', or 'midline' for bones without a side."""
    return {" R": "right", " L": "left"}.get(site[-2:], "midline")
