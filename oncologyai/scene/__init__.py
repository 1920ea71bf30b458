"""Results as MRML: nodes from a bundle, a bundle from nodes, pictures drawn off screen, and the scene as a file.

Runs inside Slicer 5.10 and later, and in ``oncologyai.host``. Importing it needs slicer (MissingDependencyError).
"""

from oncologyai.scene.assemble import SceneNodes, bundle_from_nodes, scene_from_bundle
from oncologyai.scene.bonescan import FOCI, BoneScanNodes, bonescan_from_nodes, scene_from_bonescan
from oncologyai.scene.charts import nodes_from_charts, show_chart
from oncologyai.scene.exploration import scene_from_exploration
from oncologyai.scene.hierarchy import file_nodes, patient_of, stamp
from oncologyai.scene.layout import show_foreground, show_lesion
from oncologyai.scene.markups import points_from_node
from oncologyai.scene.opengl import opengl_info
from oncologyai.scene.prediction import PredictionNodes, scene_from_prediction
from oncologyai.scene.scan_views import (
    hide_views,
    jump_in_views,
    nodes_from_views,
    set_grey_scale,
    show_view_maps,
    show_views,
)
from oncologyai.scene.segments import mask_from_segment, put_segment
from oncologyai.scene.slice_picture import Orientation, render_slice
from oncologyai.scene.storage import load_mrb, save_mrb
from oncologyai.scene.tables import fill_table, node_from_table, table_from_node
from oncologyai.scene.volume_picture import render_3d
from oncologyai.scene.volumes import image_kind, volume_from_node

__all__ = [
    "FOCI",
    "BoneScanNodes",
    "Orientation",
    "PredictionNodes",
    "SceneNodes",
    "bonescan_from_nodes",
    "bundle_from_nodes",
    "file_nodes",
    "fill_table",
    "hide_views",
    "image_kind",
    "jump_in_views",
    "load_mrb",
    "mask_from_segment",
    "node_from_table",
    "nodes_from_charts",
    "nodes_from_views",
    "opengl_info",
    "patient_of",
    "points_from_node",
    "put_segment",
    "render_3d",
    "render_slice",
    "save_mrb",
    "scene_from_bonescan",
    "scene_from_bundle",
    "scene_from_exploration",
    "scene_from_prediction",
    "set_grey_scale",
    "show_chart",
    "show_foreground",
    "show_lesion",
    "show_view_maps",
    "show_views",
    "stamp",
    "table_from_node",
    "volume_from_node",
]
