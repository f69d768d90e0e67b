"""The panels of the docks: projections of the state with the controls that belong to them."""
