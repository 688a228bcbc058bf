"""What may flow where: policies, and the gate that holds pipelines to them."""

__version__ = "0.1.0"
