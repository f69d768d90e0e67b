"""What the console knows, as plain data filled only by the projection; knows no Qt."""
