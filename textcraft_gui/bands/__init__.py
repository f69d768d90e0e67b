"""The fixed bands of the window: status, program, stops and the message lane. They look at the state and own none."""
