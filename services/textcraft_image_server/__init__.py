"""The image server, a process of its own: a prompt comes in, a picture file goes out; knows no story and no walls."""
