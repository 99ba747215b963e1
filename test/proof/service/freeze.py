# Stops one thread of a process by ptrace, as if it hung, until the process has gone. Words: process id, name of the thread.
# As root; the process knows nothing of it.
import ctypes
import os
import sys

PTRACE_SEIZE = 0x4206
PTRACE_INTERRUPT = 0x4207
WALL = 0x40000000

process, name = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def comm(thread):
    with open(f"/proc/{process}/task/{thread}/comm") as file:
        return file.read().strip()


threads = [int(each) for each in os.listdir(f"/proc/{process}/task") if comm(each) == name]
if len(threads) != 1:
    sys.exit(f"{len(threads)} threads are called {name}")
for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
    if libc.ptrace(request, threads[0], None, None) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
stopped, status = os.waitpid(threads[0], WALL)
if not os.WIFSTOPPED(status):
    sys.exit("it did not stop")
print("frozen", flush=True)
# Whoever traces a thread has to take note of its end, or the process cannot go.
while not (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
    stopped, status = os.waitpid(threads[0], WALL)
