// An MPI library for tests, of a rank whose link goes down. There are two ranks, and the other one sends
// nothing: operations end at once and leave the memory as it is. When CUT_OFF is set in the environment, the
// next gather fails, and yet its message arrives later: it is written while a barrier is tested. MPI_Abort
// does not come back. The binary interface is MPICH's.

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

enum Request { ended = 1, failed, barrier };

char* pending = nullptr;
size_t pendingBytes = 0;

}  // namespace

#define MPI extern "C" __attribute__((visibility("default"))) int

MPI MPI_Init_thread(int*, char***, int, int* provided) {
  *provided = 1;
  return 0;
}
MPI MPI_Finalize() { return 0; }
MPI MPI_Abort(int, int) {
  for (;;) pause();
}
MPI MPI_Comm_rank(int, int* rank) { return *rank = 0; }
MPI MPI_Comm_size(int, int* size) {
  *size = 2;
  return 0;
}
MPI MPI_Comm_dup(int communicator, int* copy) {
  *copy = communicator;
  return 0;
}
MPI MPI_Comm_set_errhandler(int, int) { return 0; }
MPI MPI_Error_string(int, char* text, int* length) {
  strcpy(text, "the link is down");
  *length = static_cast<int>(strlen(text));
  return 0;
}
MPI MPI_Get_library_version(char* text, int* length) {
  strcpy(text, "a library of the tests");
  *length = static_cast<int>(strlen(text));
  return 0;
}
MPI MPI_Ialltoallv(const void*, const int*, const int*, int, void*, const int*, const int*, int, int, int* request) {
  *request = ended;
  return 0;
}
MPI MPI_Iallgatherv(const void*, int, int, void* to, const int* counts, const int* places, int, int, int* request) {
  *request = getenv("CUT_OFF") && !pending ? failed : ended;
  if (*request == ended) return 0;
  pending = static_cast<char*>(to);
  pendingBytes = static_cast<size_t>(places[1] + counts[1]);
  return 0;
}
MPI MPI_Ibcast(void*, int, int, int, int, int* request) {
  *request = ended;
  return 0;
}
MPI MPI_Ibarrier(int, int* request) {
  *request = barrier;
  return 0;
}
MPI MPI_Isend(const void*, int, int, int, int, int, int* request) {
  *request = ended;
  return 0;
}
// A notice that the other rank leaves. None comes.
MPI MPI_Irecv(void*, int, int, int, int, int, int* request) {
  *request = 0;
  return 0;
}
MPI MPI_Test(int* request, int* done, void*) {
  *done = *request != 0;
  if (*request == failed) {
    usleep(100000);  // the program waits by now
    return 15;
  }
  if (*request == barrier && pending) memset(pending, 0x7f, pendingBytes);
  return 0;
}
