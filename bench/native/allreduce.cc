// MPI_Allreduce in place: the fastest of so many, in microseconds, for each size. mpicxx compiles it.
//
//   mpirun -n 2 allreduce repetitions bytes…
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int count, char** words) {
  MPI_Init(&count, &words);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const int repetitions = atoi(words[1]);
  for (int i = 2; i < count; i++) {
    std::vector<float> x(static_cast<size_t>(atol(words[i])) / sizeof(float));
    double best = 1e9;
    for (int j = 0; j < repetitions; j++) {
      MPI_Barrier(MPI_COMM_WORLD);
      const double start = MPI_Wtime();
      MPI_Allreduce(MPI_IN_PLACE, x.data(), static_cast<int>(x.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
      const double seconds = MPI_Wtime() - start;
      if (seconds < best) best = seconds;
    }
    if (rank == 0) printf("%.1f\n", 1e6 * best);
  }
  MPI_Finalize();
}
