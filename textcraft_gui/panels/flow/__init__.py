"""FLOW: the cycle as it runs, and the operator's hand on the story."""
