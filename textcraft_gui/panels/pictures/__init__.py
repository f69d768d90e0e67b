"""Pictures before they go up: candidates, gallery, comparison, the reserve reel."""
