"""Labels: which category a column has, who says so, and where it is written."""

from enforcer.labels.file import LabelsFile, declare_labelled, read_labels_files
from enforcer.labels.labelling import NAME, Label, Labels, labels_of

__all__ = [
    "NAME",
    "Label",
    "Labels",
    "LabelsFile",
    "declare_labelled",
    "labels_of",
    "read_labels_files",
]
