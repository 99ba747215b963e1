# Stands in for systemd in a test: receives notifications on a unix datagram socket, as JSON lines on stdout.
# A barrier comes with a file descriptor, which must be closed for the sender to go on.
import array
import json
import os
import socket
import sys

path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
# A name that begins with "@" is one without a file.
receiver.bind("\0" + path[1:] if path.startswith("@") else path)
print(json.dumps("listening"), flush=True)
while True:
    data, ancillary, _, _ = receiver.recvmsg(4096, 1024)
    for level, kind, raw in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors = array.array("i")
            descriptors.frombytes(raw[: len(raw) - len(raw) % descriptors.itemsize])
            for descriptor in descriptors:
                os.close(descriptor)
    print(json.dumps(data.decode()), flush=True)
