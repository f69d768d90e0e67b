"""Qt models fed by events; views only look at them."""
