"""Playing a recording again: the same inputs at the same places, the recorded answers, the same bytes; asks nobody."""
