"""How well a value is protected where it arrives: methods, what functions do, and how it moves."""
