"""Labels: which category a column has, who says so, and where it is written."""

from enforcer.labels.before import Before, declaring, open_columns
from enforcer.labels.documented import ENCRYPTED_COLUMN, Unmatched
from enforcer.labels.file import LabelsFile, read_labels_files
from enforcer.labels.label import NAME, Described, Label, Labels, described
from enforcer.labels.labelling import Labelling, label, said_of
from enforcer.labels.restated import PLACING, restated
from enforcer.labels.settling import Said, disagreements, settle
from enforcer.labels.sources import (
    LabelSources,
    declare_sources,
    read_sources,
)

__all__ = [
    "ENCRYPTED_COLUMN",
    "NAME",
    "PLACING",
    "Before",
    "Described",
    "Label",
    "LabelSources",
    "Labelling",
    "Labels",
    "LabelsFile",
    "Said",
    "Unmatched",
    "declare_sources",
    "declaring",
    "described",
    "disagreements",
    "label",
    "open_columns",
    "read_labels_files",
    "read_sources",
    "restated",
    "said_of",
    "settle",
]
