"""pyradiomics' features beside the IBSI's: which are the same, which differ, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONVENTIONS", "Convention"]


@dataclass(frozen=True)
class Convention:
    """One feature in both conventions.

    Parameters
    ----------
    pyradiomics : str
        ``<family>_<Feature>``, or empty where pyradiomics has none.
    tag : str
        The IBSI's tag; for textures without the way of aggregation. Empty where the IBSI has none.
    code : str
        The IBSI's permanent code.
    difference : str
        Empty where both give the same value of the same image, mask and levels.
    """

    pyradiomics: str
    tag: str
    code: str
    difference: str = ""


_SPREAD = "pyradiomics divides the covariance of voxel centres by n, the IBSI by n - 1"
_LEVELS = (
    "bins of fixed size begin at multiples of the width in pyradiomics, at the lower end of the range of "
    "re-segmentation (or the least value) in the IBSI; levels, and so values, shift"
)
_WAYS = f"pyradiomics averages over 13 directions in space: the IBSI's 3D_avg; {_LEVELS}"
_ZONES = f"pyradiomics' is the IBSI's 3D; {_LEVELS}"
_DEPENDENCE = f"the IBSI's NGLDM with distance 1 and coarseness 0, 3D; {_LEVELS}"


def _same(prefix: str, pairs: str, difference: str = "") -> list[Convention]:
    rows = [line.split() for line in pairs.strip().splitlines()]
    return [Convention(f"{prefix}_{name}", tag, code, difference) for name, tag, code in rows]


_SHAPE = _same(
    "shape",
    """
    MeshVolume morph_volume RNU0
    VoxelVolume morph_vol_approx YEKZ
    SurfaceArea morph_area_mesh C0JK
    SurfaceVolumeRatio morph_av 2PR5
    Compactness1 morph_comp_1 SKGS
    Compactness2 morph_comp_2 BQWJ
    SphericalDisproportion morph_sph_dispr KRCK
    Sphericity morph_sphericity QCFX
    Maximum3DDiameter morph_diam L0JK
    Elongation morph_pca_elongation Q3CK
    Flatness morph_pca_flatness N17B
    """,
) + _same(
    "shape",
    """
    MajorAxisLength morph_pca_maj_axis TDIC
    MinorAxisLength morph_pca_min_axis P9VJ
    LeastAxisLength morph_pca_least_axis 7J51
    """,
    _SPREAD,
)

_STATISTICS = [
    *_same(
        "firstorder",
        """
        Mean stat_mean Q4LE
        Variance stat_var ECT3
        Skewness stat_skew KE2A
        Median stat_median Y12H
        Minimum stat_min 1GSF
        10Percentile stat_p10 QG58
        90Percentile stat_p90 8DWT
        Maximum stat_max 84IY
        InterquartileRange stat_iqr SALO
        Range stat_range 2OJQ
        MeanAbsoluteDeviation stat_mad 4FUA
        RobustMeanAbsoluteDeviation stat_rmad 1128
        """,
    ),
    Convention(
        "firstorder_Kurtosis", "stat_kurt", "IPH6", "the IBSI takes 3 off: the excess over a normal distribution"
    ),
    *_same(
        "firstorder",
        """
        Energy stat_energy N8CA
        RootMeanSquared stat_rms 5ZWQ
        """,
        "the same where voxelArrayShift is 0",
    ),
    Convention("firstorder_Entropy", "ih_entropy", "TLU2", f"of the histogram of levels; {_LEVELS}"),
    Convention("firstorder_Uniformity", "ih_uniformity", "BJ5W", f"of the histogram of levels; {_LEVELS}"),
    Convention("firstorder_TotalEnergy", "", "", "energy times the volume of a voxel: the IBSI has none"),
]

_COOCCURRENCE = [
    *_same(
        "glcm",
        """
        MaximumProbability cm_joint_max GYBY
        JointAverage cm_joint_avg 60VM
        SumSquares cm_joint_var UR99
        JointEntropy cm_joint_entr TU9B
        DifferenceAverage cm_diff_avg TF7R
        DifferenceVariance cm_diff_var D3YU
        DifferenceEntropy cm_diff_entr NTRS
        SumAverage cm_sum_avg ZGXS
        SumEntropy cm_sum_entr P6QZ
        JointEnergy cm_energy 8ZQL
        Contrast cm_contrast ACUI
        Id cm_inv_diff IB1Z
        Idm cm_inv_diff_mom WF0Z
        InverseVariance cm_inv_var E8JP
        Correlation cm_corr NI2N
        Autocorrelation cm_auto_corr QWB0
        ClusterTendency cm_clust_tend DG8W
        ClusterShade cm_clust_shade 7NFM
        ClusterProminence cm_clust_prom AE86
        Imc1 cm_info_corr1 R8DG
        Imc2 cm_info_corr2 JN9H
        """,
        _WAYS,
    ),
    *_same(
        "glcm",
        """
        Idn cm_inv_diff_norm NDRX
        Idmn cm_inv_diff_mom_norm 1QCO
        """,
        f"the number of levels is that of the highest in pyradiomics, that of all bins in the IBSI; {_WAYS}",
    ),
    Convention("glcm_MCC", "", "", "the IBSI has none"),
    Convention("", "cm_sum_var", "OEEB", "equal to ClusterTendency: pyradiomics gives one of both"),
    Convention("", "cm_dissimilarity", "8S9J", "equal to DifferenceAverage: pyradiomics gives one of both"),
]

_RUNS = _same(
    "glrlm",
    """
    ShortRunEmphasis rlm_sre 22OV
    LongRunEmphasis rlm_lre W4KF
    LowGrayLevelRunEmphasis rlm_lgre V3SW
    HighGrayLevelRunEmphasis rlm_hgre G3QZ
    ShortRunLowGrayLevelEmphasis rlm_srlge HTZT
    ShortRunHighGrayLevelEmphasis rlm_srhge GD3A
    LongRunLowGrayLevelEmphasis rlm_lrlge IVPO
    LongRunHighGrayLevelEmphasis rlm_lrhge 3KUM
    GrayLevelNonUniformity rlm_glnu R5YN
    GrayLevelNonUniformityNormalized rlm_glnu_norm OVBL
    RunLengthNonUniformity rlm_rlnu W92Y
    RunLengthNonUniformityNormalized rlm_rlnu_norm IC23
    RunPercentage rlm_r_perc 9ZK5
    GrayLevelVariance rlm_gl_var 8CE5
    RunVariance rlm_rl_var SXLW
    RunEntropy rlm_rl_entr HJ9O
    """,
    _WAYS,
)

_ZONE_SIZES = _same(
    "glszm",
    """
    SmallAreaEmphasis szm_sze 5QRC
    LargeAreaEmphasis szm_lze 48P8
    LowGrayLevelZoneEmphasis szm_lgze XMSY
    HighGrayLevelZoneEmphasis szm_hgze 5GN9
    SmallAreaLowGrayLevelEmphasis szm_szlge 5RAI
    SmallAreaHighGrayLevelEmphasis szm_szhge HW1V
    LargeAreaLowGrayLevelEmphasis szm_lzlge YH51
    LargeAreaHighGrayLevelEmphasis szm_lzhge J17V
    GrayLevelNonUniformity szm_glnu JNSA
    GrayLevelNonUniformityNormalized szm_glnu_norm Y1RO
    SizeZoneNonUniformity szm_zsnu 4JP3
    SizeZoneNonUniformityNormalized szm_zsnu_norm VB3A
    ZonePercentage szm_z_perc P30P
    GrayLevelVariance szm_gl_var BYLV
    ZoneVariance szm_zs_var 3NSA
    ZoneEntropy szm_zs_entr GU8N
    """,
    _ZONES,
)

_DEPENDENCES = _same(
    "gldm",
    """
    SmallDependenceEmphasis ngl_lde SODN
    LargeDependenceEmphasis ngl_hde IMOQ
    LowGrayLevelEmphasis ngl_lgce TL9H
    HighGrayLevelEmphasis ngl_hgce OAE7
    SmallDependenceLowGrayLevelEmphasis ngl_ldlge EQ3F
    SmallDependenceHighGrayLevelEmphasis ngl_ldhge JA6D
    LargeDependenceLowGrayLevelEmphasis ngl_hdlge NBZI
    LargeDependenceHighGrayLevelEmphasis ngl_hdhge 9QMG
    GrayLevelNonUniformity ngl_glnu FP8K
    DependenceNonUniformity ngl_dcnu Z87G
    DependenceNonUniformityNormalized ngl_dcnu_norm OKJI
    GrayLevelVariance ngl_gl_var 1PFV
    DependenceVariance ngl_dc_var DNX2
    DependenceEntropy ngl_dc_entr FCBV
    """,
    _DEPENDENCE,
)

_TONES = _same(
    "ngtdm",
    """
    Coarseness ngt_coarseness QCDE
    Contrast ngt_contrast 65HE
    Busyness ngt_busyness NQ30
    Complexity ngt_complexity HDEZ
    Strength ngt_strength 1X9X
    """,
    f"pyradiomics' is the IBSI's 3D; {_LEVELS}",
)

CONVENTIONS: tuple[Convention, ...] = (
    *_SHAPE, *_STATISTICS, *_COOCCURRENCE, *_RUNS, *_ZONE_SIZES, *_DEPENDENCES, *_TONES,
)  # fmt: skip
"""Every feature of pyradiomics, and what the IBSI makes of it. The IBSI's distance-zone matrix, its 2D and 2.5D ways,
local intensity, intensity-volume histogram, most of the histogram, densities and spatial autocorrelation have no
counterpart in pyradiomics."""
