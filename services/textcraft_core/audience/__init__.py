"""What visitors and sensors say, and how it enters the story; knows no window, no socket and no prompt."""
