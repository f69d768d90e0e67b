"""What every TextCraft process shares: messages, sockets, presence, durable files, configuration; knows no Qt and no story."""
