"""What all processes share: messages, sockets, presence, durable files, configuration; knows no Qt and no story."""
