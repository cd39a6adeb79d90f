import resource
import sys


def peak_memory():
    """Bytes of resident memory at their highest. Linux counts what the parent had before it started this program into ru_maxrss;
    VmHWM is of this program alone."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
