import { test } from "vitest";
test("x", async () => { await import("/tmp/try.mts"); }, 300000);
