"""The bus thread and every socket it owns; knows nothing of messages."""
