"""Messages into words, in the languages that have a catalogue in `policies/messages`."""

from enforcer.messages.gap_details import spoken_detail
from enforcer.messages.words import FAMILIES, Words, words_in

__all__ = ["FAMILIES", "Words", "spoken_detail", "words_in"]
