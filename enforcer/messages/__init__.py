"""Messages into words, in the languages that have a catalogue in `policies/messages`."""

from enforcer.messages.words import FAMILIES, Words, words_in

__all__ = ["FAMILIES", "Words", "words_in"]
