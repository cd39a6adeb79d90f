/**
 * Indices, labels and windows on shared memory that another thread writes while kernels run: no read and no
 * write outside, whatever is read. In a process of its own, which a step outside may end.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { built } from "../native/addon.js";
import { patience, times } from "./effort.js";

const script = fileURLToPath(new URL("./shared-memory.mjs", import.meta.url));

describe("indices that change under the kernels that read them", () => {
  it.each(built ? ["native", "js"] : ["js"])(
    "lead nowhere on the %s backend",
    (backend) => {
      const child = spawnSync(process.execPath, [script, backend, String(times(100))], { encoding: "utf8" });
      expect({ signal: child.signal, output: child.stdout + child.stderr }).toEqual({
        signal: null,
        output: expect.stringMatching(/all came through\n$/),
      });
    },
    patience(),
  );
});
