"""The ecosystem's services on the fixed ports, under the names its guide uses; knows nothing of our own channel."""
