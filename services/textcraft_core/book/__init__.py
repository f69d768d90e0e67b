"""The manuscript as a book for people: gathered from the show's files and handed out as a page; writes no story."""
