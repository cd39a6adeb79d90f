#pragma once
// MPI, found when the program runs. There are two binary interfaces: that of Open MPI 4 and 5, and that
// which MPICH (since 3.1), Intel MPI and Cray MPI share. They differ in the types and values of handles and
// in a few constants, and this file knows both, so no header of an MPI is needed.

#include <cstddef>
#include <cstdint>

namespace simdgrad {

/**
 * A communicator, a data type, a request. Open MPI's are addresses, MPICH's are ints: in a register of 64
 * bits both are passed alike. A place for a handle that MPI will write is set to zero first, since MPICH
 * writes only its lower half.
 */
using MpiHandle = uintptr_t;

struct Mpi {
  // MPI's own names. Statuses are never read: their layouts differ.
  int (*Init_thread)(int* count, char*** arguments, int required, int* provided);
  int (*Finalize)();
  int (*Abort)(MpiHandle communicator, int code);
  int (*Comm_rank)(MpiHandle communicator, int* rank);
  int (*Comm_size)(MpiHandle communicator, int* size);
  int (*Comm_dup)(MpiHandle communicator, MpiHandle* copy);
  int (*Comm_set_errhandler)(MpiHandle communicator, MpiHandle handler);
  int (*Error_string)(int error, char* text, int* length);
  int (*Get_library_version)(char* text, int* length);
  int (*Ialltoallv)(const void* from, const int* counts, const int* places, MpiHandle type, void* to, const int* toCounts,
                    const int* toPlaces, MpiHandle toType, MpiHandle communicator, MpiHandle* request);
  int (*Iallgatherv)(const void* from, int count, MpiHandle type, void* to, const int* counts, const int* places, MpiHandle toType,
                     MpiHandle communicator, MpiHandle* request);
  int (*Ibcast)(void* data, int count, MpiHandle type, int root, MpiHandle communicator, MpiHandle* request);
  int (*Ibarrier)(MpiHandle communicator, MpiHandle* request);
  int (*Isend)(const void* data, int count, MpiHandle type, int rank, int tag, MpiHandle communicator, MpiHandle* request);
  int (*Irecv)(void* data, int count, MpiHandle type, int rank, int tag, MpiHandle communicator, MpiHandle* request);
  int (*Test)(MpiHandle* request, int* done, void* status);

  MpiHandle world, byte, errorsReturn;
  int anySource;
  void* statusIgnore;
};

constexpr int mpiFunneled = 1;  // MPI_THREAD_FUNNELED in both
/** MPI_MAX_ERROR_STRING and MPI_MAX_LIBRARY_VERSION_STRING are at most this in both. */
constexpr size_t mpiLongestText = 8192;

/** Opens the library. Returns false when it is none; `problem` then says why. */
bool openMpi(const char* path, Mpi& mpi, char* problem, size_t size);

}  // namespace simdgrad
