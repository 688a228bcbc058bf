"""What may flow where: policies, and the gate that holds pipelines to them."""
