"""The barest worker: sends back what it gets, until it is killed."""

import sys

import zmq


def main() -> None:
    """Echo on a port of this machine."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.connect(f"tcp://127.0.0.1:{int(sys.argv[1])}")
        while True:
            socket.send_multipart(socket.recv_multipart())


if __name__ == "__main__":
    main()
