// How many cores a process may use: control group files of both versions, as systems write them, under a root
// of our own, and the affinity mask.

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "../../native/system/system.h"
#include "../../native/threads/cores.h"
#include "tally.h"

namespace simdgrad::test {
namespace {

struct File {
  const char* path;
  const char* text;
};

struct Layout {
  const char* name;
  std::vector<File> files;
  double quota;
};

const std::vector<Layout> layouts = {
    {"no control groups at all", {}, 0},
    {"v2, the root: it has no cpu.max", {{"proc/self/cgroup", "0::/\n"}}, 0},
    {"v2, no limit", {{"proc/self/cgroup", "0::/user\n"}, {"sys/fs/cgroup/user/cpu.max", "max 100000\n"}}, 0},
    {"v2, whole cores", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "300000 100000\n"}}, 3},
    {"v2, a fraction", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "150000 100000\n"}}, 1.5},
    {"v2, less than a core", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "20000 100000\n"}}, 0.2},
    {"v2, another period", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "100000 50000\n"}}, 2},
    {"v2, a namespace of its own: the group is the root of the mount",
     {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "250000 100000\n"}},
     2.5},
    {"v2, a group above is stricter",
     {{"proc/self/cgroup", "0::/a/b/c\n"},
      {"sys/fs/cgroup/a/cpu.max", "200000 100000\n"},
      {"sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
      {"sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n"}},
     2},
    {"v2, a group above is laxer",
     {{"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/cpu.max", "800000 100000\n"},
      {"sys/fs/cgroup/a/b/cpu.max", "100000 100000\n"}},
     1},
    {"v2, a group beside does not count",
     {{"proc/self/cgroup", "0::/a/b\n"},
      {"sys/fs/cgroup/a/b/cpu.max", "400000 100000\n"},
      {"sys/fs/cgroup/a/c/cpu.max", "100000 100000\n"}},
     4},
    {"v2, the path is the host's: only the root of the mount is there",
     {{"proc/self/cgroup", "0::/kubepods/pod1/box\n"}, {"sys/fs/cgroup/cpu.max", "200000 100000\n"}},
     2},
    {"v2, not a number", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "what\n"}}, 0},
    {"v2, nothing", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", ""}}, 0},
    {"v2, a period of 0", {{"proc/self/cgroup", "0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "1000 0\n"}}, 0},
    {"v1, no limit",
     {{"proc/self/cgroup", "3:cpu:/box\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}},
     0},
    {"v1, a fraction",
     {{"proc/self/cgroup", "3:cpu:/box\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "250000\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}},
     2.5},
    {"v1, cpu beside cpuacct",
     {{"proc/self/cgroup", "12:pids:/box\n4:cpuacct,cpu:/box\n1:name=systemd:/box\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "400000\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}},
     4},
    {"v1, cpuset and cpuacct are not cpu",
     {{"proc/self/cgroup", "5:cpuset:/box\n4:cpuacct:/box\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}},
     0},
    {"v1, a group above is stricter",
     {{"proc/self/cgroup", "4:cpu,cpuacct:/a/b\n"},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "50000\n"},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "300000\n"},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n"}},
     2},
    {"v1, the path is the host's",
     {{"proc/self/cgroup", "4:cpu,cpuacct:/docker/0123\n"},
      {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n"},
      {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
     0.5},
    {"v1, no period", {{"proc/self/cgroup", "3:cpu:/box\n"}, {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "100000\n"}}, 0},
    {"both versions: the stricter",
     {{"proc/self/cgroup", "4:cpu,cpuacct:/box\n0::/box\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "300000\n"},
      {"sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/box/cpu.max", "200000 100000\n"}},
     2},
    {"a line that is none", {{"proc/self/cgroup", "what\n:\n0::/box\n"}, {"sys/fs/cgroup/box/cpu.max", "100000 100000\n"}}, 1},
    {"a name with a colon", {{"proc/self/cgroup", "0::/a:b\n"}, {"sys/fs/cgroup/a:b/cpu.max", "100000 100000\n"}}, 1},
};

/** A temporary folder, deleted with its contents by the destructor. */
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/simdgrad-cores-XXXXXX";
    if (!mkdtemp(name)) std::perror("mkdtemp"), std::abort();
    root = name;
    made_.push_back(root);
  }
  ~Folder() {
    while (!made_.empty()) {
      std::remove(made_.back().c_str());
      made_.pop_back();
    }
  }
  void write(const File& file) {
    const std::string path = root + "/" + file.path;
    for (size_t slash = path.find('/', root.size() + 1); slash != std::string::npos; slash = path.find('/', slash + 1))
      if (mkdir(path.substr(0, slash).c_str(), 0700) == 0) made_.push_back(path.substr(0, slash));
      else if (errno != EEXIST) std::perror("mkdir"), std::abort();
    FILE* out = std::fopen(path.c_str(), "we");
    if (!out) std::perror(path.c_str()), std::abort();
    std::fputs(file.text, out);
    std::fclose(out);
    made_.push_back(path);
  }
  std::string root;

 private:
  std::vector<std::string> made_;
};

void testQuotas(Tally& tally) {
  for (const Layout& layout : layouts) {
    Folder folder;
    for (const File& file : layout.files) folder.write(file);
    const double quota = quotaCores(folder.root.c_str());
    tally.check(quota == layout.quota, "cores: %s: %g, not %g", layout.name, quota, layout.quota);
    // A fraction of a core counts as one thread. No quota gives more threads than the affinity mask has
    // cores.
    const int most = affinityCores(), wanted = layout.quota > 0 ? static_cast<int>(__builtin_ceil(layout.quota)) : most;
    const int usable = usableCores(folder.root.c_str());
    tally.check(usable == (wanted < most ? wanted : most), "cores: %s: %d usable of %d", layout.name, usable, most);
  }
}

void testAffinity(Tally& tally) {
  cpu_set_t before, one;
  if (sched_getaffinity(0, sizeof before, &before) != 0) return;
  tally.check(affinityCores() == CPU_COUNT(&before), "cores: %d in an affinity mask of %d", affinityCores(), CPU_COUNT(&before));
  int last = 0;
  for (int i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, &before)) last = i;
  CPU_ZERO(&one);
  CPU_SET(last, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) return;
  Folder nothing;
  tally.check(affinityCores() == 1 && usableCores(nothing.root.c_str()) == 1, "cores: %d and %d usable with an affinity mask of one",
              affinityCores(), usableCores(nothing.root.c_str()));
  sched_setaffinity(0, sizeof before, &before);
}

}  // namespace
}  // namespace simdgrad::test

int main() {
  simdgrad::test::Tally tally;
  simdgrad::test::testQuotas(tally);
  simdgrad::test::testAffinity(tally);
  return tally.finish();
}
