"""The body found, the couch left."""

import numpy as np

from oncologyai.anatomy import find_body


def test_body_is_the_ellipse_and_the_couch_is_apart(a_thorax):
    body = find_body(a_thorax.volume.array.astype(np.float32), a_thorax.volume.sampling_mm)
    dice = 2 * (body.inside & a_thorax.body).sum() / (body.inside.sum() + a_thorax.body.sum())
    assert dice > 0.98
    assert body.couch.any()
    assert not (body.couch & ~a_thorax.couch).any()
    assert not (body.couch & body.inside).any()


def test_air_alone_has_no_body():
    body = find_body(np.full((4, 30, 30), -1000.0, dtype=np.float32), (3.0, 2.0, 2.0))
    assert not body.inside.any()
    assert not body.couch.any()


def test_a_blanket_is_not_body():
    hu = np.full((5, 80, 80), -1000.0, dtype=np.float32)
    hu[:, 20:60, 20:60] = 40
    hu[:, 64:66, :] = 0
    body = find_body(hu, (3.0, 2.0, 2.0))
    assert not body.inside[:, 64:].any()
    assert body.inside[:, 22:58, 22:58].all()
