"""Every visible word: the sentence, events in plain words, how times and amounts are written, languages."""
