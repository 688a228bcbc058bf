"""Classifying: labels proposed for columns that carry none, with reasons, and written down."""
