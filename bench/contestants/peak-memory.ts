import { readFileSync } from "node:fs";

/**
 * Bytes of resident memory at their highest. Linux counts what the parent had before it started this program
 * into `resourceUsage().maxRSS`; VmHWM is of this program alone.
 */
export function peakMemory(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))!;
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
