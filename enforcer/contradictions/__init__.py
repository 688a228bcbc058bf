"""Rules that contradict each other: what one asks for, another forbids."""

from enforcer.contradictions.pairs import Contradiction, contradictions

__all__ = ["Contradiction", "contradictions"]
