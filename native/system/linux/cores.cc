#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../system.h"

namespace simdgrad {

namespace {

/** First line of a file, without its newline; false when it cannot be read. */
bool readLine(const char* path, char* line, int size) {
  FILE* file = fopen(path, "re");
  if (!file) return false;
  const bool ok = fgets(line, size, file) != nullptr;
  fclose(file);
  if (ok) line[strcspn(line, "\n")] = 0;
  return ok;
}

void lower(double& quota, double candidate) {
  if (candidate > 0 && (quota == 0 || candidate < quota)) quota = candidate;
}

/** v2: one file, "max 100000" or "150000 100000". v1: two files; a quota of -1 means none. */
void readGroup(const char* mount, const char* group, bool v2, double& quota) {
  char path[4600], line[128], period[64];
  if (v2) {
    snprintf(path, sizeof path, "%s%s/cpu.max", mount, group);
    double allowed, each;
    if (readLine(path, line, sizeof line) && sscanf(line, "%lf %lf", &allowed, &each) == 2 && each > 0) lower(quota, allowed / each);
    return;
  }
  snprintf(path, sizeof path, "%s%s/cpu.cfs_quota_us", mount, group);
  if (!readLine(path, line, sizeof line)) return;
  snprintf(path, sizeof path, "%s%s/cpu.cfs_period_us", mount, group);
  if (readLine(path, period, sizeof period) && atof(period) > 0) lower(quota, atof(line) / atof(period));
}

/**
 * A group is limited by its own quota and those of all its ancestors. In a container the path may be the
 * host's; then only the root can be read.
 */
void readAncestors(const char* mount, char* group, bool v2, double& quota) {
  for (;;) {
    if (strcmp(group, "/") == 0) group[0] = 0;
    readGroup(mount, group, v2, quota);
    char* slash = strrchr(group, '/');
    if (!slash) return;
    *slash = 0;
  }
}

bool namesCpu(const char* controllers) {
  for (const char* p = controllers; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : nullptr)
    if (strncmp(p, "cpu", 3) == 0 && (p[3] == 0 || p[3] == ',')) return true;
  return false;
}

}  // namespace

int affinityCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

double quotaCores(const char* root) {
  char path[256], mount[256], line[4200];
  snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
  FILE* file = fopen(path, "re");
  if (!file) return 0;
  double quota = 0;
  // "0::/group" is v2, "4:cpu,cpuacct:/group" v1.
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    char* controllers = strchr(line, ':');
    char* group = controllers ? strchr(controllers + 1, ':') : nullptr;
    if (!group) continue;
    controllers++;
    *group++ = 0;
    const bool v2 = *controllers == 0;
    if (!v2 && !namesCpu(controllers)) continue;
    snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s", root, v2 ? "" : "/cpu");
    readAncestors(mount, group, v2, quota);
  }
  fclose(file);
  return quota;
}

}  // namespace simdgrad
