#include "library.h"

#include <cstdio>

#include "../system/system.h"

namespace simdgrad {

namespace {

template <class Function>
bool take(void* library, const char* name, Function& function, char* problem, size_t size) {
  void* const address = findIn(library, name);
  if (!address) snprintf(problem, size, "it has no function %s", name);
  function = reinterpret_cast<Function>(address);
  return address != nullptr;
}

MpiHandle addressOf(void* library, const char* name) { return reinterpret_cast<MpiHandle>(findIn(library, name)); }

void useOpenMpi(void* library, Mpi& mpi) {
  mpi.world = addressOf(library, "ompi_mpi_comm_world");
  mpi.byte = addressOf(library, "ompi_mpi_byte");
  mpi.errorsReturn = addressOf(library, "ompi_mpi_errors_return");
  mpi.anySource = -1;
  mpi.statusIgnore = nullptr;
}

void useMpich(Mpi& mpi) {
  mpi.world = 0x44000000;
  mpi.byte = 0x4c00010d;
  mpi.errorsReturn = 0x54000001;
  mpi.anySource = -2;
  mpi.statusIgnore = reinterpret_cast<void*>(uintptr_t{1});
}

}  // namespace

bool openMpi(const char* path, Mpi& mpi, char* problem, size_t size) {
  void* const library = openLibrary(path, problem, size);
  if (!library) return false;
  const auto in = [&](const char* name, auto& function) { return take(library, name, function, problem, size); };
  const bool whole =
      in("MPI_Init_thread", mpi.Init_thread) &&
      in("MPI_Finalize", mpi.Finalize) &&
      in("MPI_Abort", mpi.Abort) &&
      in("MPI_Comm_rank", mpi.Comm_rank) &&
      in("MPI_Comm_size", mpi.Comm_size) &&
      in("MPI_Comm_dup", mpi.Comm_dup) &&
      in("MPI_Comm_set_errhandler", mpi.Comm_set_errhandler) &&
      in("MPI_Error_string", mpi.Error_string) &&
      in("MPI_Get_library_version", mpi.Get_library_version) &&
      in("MPI_Ialltoallv", mpi.Ialltoallv) &&
      in("MPI_Iallgatherv", mpi.Iallgatherv) &&
      in("MPI_Ibcast", mpi.Ibcast) &&
      in("MPI_Ibarrier", mpi.Ibarrier) &&
      in("MPI_Isend", mpi.Isend) &&
      in("MPI_Irecv", mpi.Irecv) &&
      in("MPI_Test", mpi.Test);
  if (!whole) return false;
  if (findIn(library, "ompi_mpi_comm_world"))
    useOpenMpi(library, mpi);
  else
    useMpich(mpi);
  return true;
}

}  // namespace simdgrad
