"""The triangles of marching cubes for a binary image, and what they add up to.

A cell is the cube between eight voxel centres; a vertex lies half-way between a voxel inside and one outside.
Cell codes have bit b set where corner b is inside. Axis order of corners and spacings is the array's, (k, j, i).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

import numpy as np

__all__ = ["cell_codes", "mesh_area_and_volume", "surfel_areas"]

_CORNERS = np.array([(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)])
_EDGES = np.array([(0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7)])

# The 256 cases of Lorensen and Cline (SIGGRAPH 1987) as tabulated in the public domain by Bloyd and Bourke
# (paulbourke.net/geometry/polygonise): a word a case, a hexadecimal digit an edge, three digits a triangle.
_CASE_WORDS = """
- 083 019 183981 12a 08312a 92a029 2832a8a98 3b2 0b28b0 19023b 1b219b98b 3a1ba3 0a108a8ba 3903b9ba9
98aa8b 478 430734 019847 419471731 12a847 34730412a 92a902847 2a9297273794 8473b2 b47b24204 90184723b
47b94b9b2921 3a13ba784 1ba14b1047b4 47890b9bab03 47b4b99ba 954 954083 054150 854835315 12a954 30812a495
52a542402 2a5325354348 95423b 0b208b495 05401523b 21525828b485 a3ba13954 4950818a18ba 54050b5bab03
54858aa8b 978579 930953573 078017157 153357 978957a12 a12950530573 802825857a52 2a5253357 7957893b2
95797292027b 23b018178157 b21b17715 958857a13a3b 5705097b010aba0 ba0b03a50807570 ba57b5 a65 0835a6
9015a6 1831985a6 165261 165126308 965906026 598582526328 23ba65 b08b20a65 01923b5a6 5a61929b298b
63b653513 08b0b50515b6 3b6036065059 65969bb98 5a6478 43047365a 1905a6847 a65197173794 612651478
125526304347 847905065026 739794329596269 3b2784a65 5a647242027b 01947823b5a6 9219b294b7b45a6
8473b53515b6 51b5b610b7b404b 059065036b63847 65969b4797b9 a4964a 4a649a083 a01a60640 83181686461a
149124264 308129249264 024426 832824426 a49a64b23 08228b49a4a6 3b201606461a 64161a48121b8b1 964936913b63
8b1810b61914641 3b6360064 648b68 7a678a89a 0730a709a67a a671a7178180 a67a71173 126168189867
269291679093739 780706602 732672 23ba68a89867 20727b09767a9a7 1801781a767a23b b21b17a61671
896867916b63136 091b67 7807063b0b60 7b6 76b 308b76 019b76 819831b76 a126b7 12a3086b7 2902a96b7
6b72a3a83a98 723627 708760620 276237019 162186198876 a76a17137 a7617a187108 03707a0a96a7 76a7a88a9
684b86 36b306046 86b846901 946963931b36 6846b82a1 12a30b06b046 4b846b0292a9 a93a32943b36463 823842462
042462 190234246438 194142246 8138618466a1 a10a06604 4634386a3039a93 a946a4 49576b 083495b76 50154076b
b76834354315 954a1276b 6b712a083495 76b54a42a402 348354325a52b76 723762549 954086062687 362376150540
628687218485158 954a16176137 16a176107870954 40a4a503a6a737a 76a7a854a48a 6956b9b89 36b063056095
0b805b01556b 6b3635531 12a95b9b8b56 0b306b09656912a b85b56805a52025 6b36352a3a53 589528562382 956960062
158180568382628 156216 13616a386569896 a10a06950560 03856a a56 b5a75b b5ab75830 5b75ab190 a75ab7981831
b12b71751 08312717572b 9759279022b7 75272b592328982 25a235375 820852875a25 9015a35373a2 982921872a25752
135375 087071175 903935537 987597 5845a8ab8 5045b05abb30 01984a8aba45 ab4a45b34941314 2512852b8458
04b0b345b2b151b 0250592b5458b85 9452b3 25a352345384 5a2524420 3a235a385458019 5a2524192942 845853351
045105 845853905035 945 4b749b9ab 0834979b79ab 1ab1b414074b 3143481a474bab4 4b79b492b912 9749b791b2b1083
b74b42240 b74b42834324 29a279237749 9a7974a27870207 37a3a274a1a040a 1a2874 491417713 491417081871 403743
487 9a8ab8 30939bb9a 01a0a88ab 31ab3a 12b1b99b8 30939b1292b9 02b80b 32b 23828aa89 9a2092 23828a0181a8
1a2 138918 091 038 -
"""

Rule = Literal["folded", "minority"]


def cell_codes(padded: np.ndarray) -> np.ndarray:
    """Give the code of each cell of a bool array (k, j, i), as uint8 of one element less along each axis.

    The array must have a margin of background for its surface to be closed.
    """
    k, j, i = (n - 1 for n in padded.shape)
    codes = np.zeros((k, j, i), dtype=np.uint8)
    for bit, (dk, dj, di) in enumerate(_CORNERS):
        codes |= padded[dk : dk + k, dj : dj + j, di : di + i].astype(np.uint8) << np.uint8(bit)
    return codes


def surfel_areas(sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Give the surface area in mm2 inside a cell of each code, shape (256,).

    Of the two triangulations that a code and its complement have, that of the fewer corners is taken, which is
    the convention of the surface-distance package (Nikolov et al., J Med Internet Res 2021;23:e26151).
    """
    return _case_sums(sampling_mm, "minority")[0]


def mesh_area_and_volume(mask: np.ndarray, sampling_mm: tuple[float, float, float]) -> tuple[float, float]:
    """Give the area in mm2 and the enclosed volume in mm3 of the surface around a bool array (k, j, i).

    Codes above 127 use the triangles of their complement, as pyradiomics does. The faces that this leaves
    unmatched make the volume depend slightly on the origin, which is the corner of the mask's box, one voxel
    out: a mask that is moved keeps its values. An empty mask gives (0, 0).
    """
    sampling = np.asarray(sampling_mm, dtype=np.float64)
    codes = cell_codes(mask)
    areas, normals, volumes = _case_sums(sampling_mm, "folded")
    cells = np.nonzero((codes != 0) & (codes != 255))
    found = codes[cells]
    origins = np.stack(cells, axis=1) * sampling
    counts = np.bincount(found, minlength=256)
    volume = float(counts @ volumes + np.einsum("nd,nd->", origins, normals[found])) / 3.0
    return float(counts @ areas), volume


@lru_cache(maxsize=16)
def _case_sums(sampling_mm: tuple[float, float, float], rule: Rule) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum over the triangles of each code: areas, outward area vectors, and 3 x the volume to the cell's origin."""
    cases, triangles = _triangles()
    corners = (_CORNERS[_EDGES].mean(axis=1) * np.asarray(sampling_mm))[triangles]
    vectors = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.bincount(cases, np.linalg.norm(vectors, axis=1), minlength=256)
    normals = np.stack([np.bincount(cases, vectors[:, d], minlength=256) for d in range(3)], axis=1)
    volumes = np.bincount(cases, np.einsum("nd,nd->n", vectors, corners[:, 0]), minlength=256)
    codes = np.arange(256)
    flipped = codes > 127 if rule == "folded" else np.array([code.bit_count() > 4 for code in range(256)])
    used, sign = np.where(flipped, 255 - codes, codes), np.where(flipped, -1.0, 1.0)
    return areas[used], normals[used] * sign[:, None], volumes[used] * sign


@cache
def _triangles() -> tuple[np.ndarray, np.ndarray]:
    """Give the case of every triangle, (n,), and the edges its corners lie on, (n, 3)."""
    digits = [[int(digit, 16) for digit in word.strip("-")] for word in _CASE_WORDS.split()]
    cases = np.repeat(np.arange(256), [len(word) // 3 for word in digits])
    return cases, np.array([edge for word in digits for edge in word], dtype=np.intp).reshape(-1, 3)
