"""Judging rules in Rego: the document they see, the engines that run them, and their answers."""
