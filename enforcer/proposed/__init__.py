"""A pull request, judged by what its base commit decides, and by what it would decide itself."""

from enforcer.proposed.judging import Base, check_proposed

__all__ = ["Base", "check_proposed"]
