/** kill -9 of any rank at any moment: with another number of ranks the run ends with the same bits. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { patience, times } from "../attack/effort.js";
import fc from "../property.js";
import { alone, program, ranks, startRanks, underEach } from "./launchers.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-kills-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The processes of this run, without launchers: the command line names the checkpoint. */
function pidsOf(checkpoint: string): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words[0] === process.execPath && words.includes(checkpoint) ? [Number(pid)] : [];
    } catch {
      return []; // no process, or one that has just ended
    }
  });
}

const trained = (file: string) => [program("fit.mjs"), "cnn", "compiled", file, "4", "30"];
/** Hashes of the model and of the checkpoint. A run that was killed after its last step has no metrics. */
const hashesOf = (stdout: string) => stdout.split(" ").slice(0, 2);

/** Node and MPI take half a second or more to start, and the run as long. */
const cases = fc.sample(
  fc.record({
    count: fc.integer({ min: 2, max: 4 }),
    next: fc.integer({ min: 1, max: 3 }),
    wait: fc.integer({ min: 100, max: 2000 }),
    victim: fc.nat(3),
  }),
  times(2),
);

underEach((launcher) => {
  const whole = alone(trained(join(folder, `${launcher.command}.ckpt`)));
  test.each(cases.map((one, i) => ({ ...one, file: join(folder, `${launcher.command}-${i}.ckpt`) })))(
    "$count ranks, one killed after $wait ms",
    async ({ count, next, wait, victim, file }) => {
      const run = startRanks(launcher, count, trained(file));
      await setTimeout(wait);
      const pids = pidsOf(file);
      if (pids.length > 0) process.kill(pids[victim % pids.length], "SIGKILL");
      const { status } = await run;
      if (pids.length > 0) expect(status).not.toBe(0);
      expect(pidsOf(file)).toEqual([]);
      const other = next < count ? next : next + 1;
      const resumed = other === 1 ? alone(trained(file)) : ranks(launcher, other, trained(file));
      expect(resumed).toMatchObject({ status: 0, stderr: "" });
      expect(hashesOf(resumed.stdout)).toEqual(hashesOf(whole.stdout));
    },
    patience(),
  );
});
