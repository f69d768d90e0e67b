"""`textcraft doctor`: looks at machine and show, says what to do, and packs the support bundle."""
