"""Values: of what kind a text is, by its form and its check digits, whoever asks."""

from enforcer.values.kinds import KINDS, Kind, Needs
from enforcer.values.recognising import is_specimen, kind_of, kinds_of, kinds_shown

__all__ = ["KINDS", "Kind", "Needs", "is_specimen", "kind_of", "kinds_of", "kinds_shown"]
