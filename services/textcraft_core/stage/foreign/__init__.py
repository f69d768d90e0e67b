"""What a show has to do with programs of others: their displays, their words, their message types."""
