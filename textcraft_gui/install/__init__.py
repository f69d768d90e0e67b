"""`textcraft install-service`: the system itself starts the show, after a power cut too. Writes one file."""
