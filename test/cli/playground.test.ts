/** `simdgrad playground`: what it serves, to whom, and what it exports. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { addressOf } from "../playground/address.js";
import { simdgrad, start, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();

/** Status and headers of a request with its own `Host`. */
function ask(address: string, path: string, host?: string, method = "GET"): Promise<any> {
  const url = new URL(address);
  const headers = { host: host ?? url.host };
  return new Promise((resolve, reject) => {
    request({ port: url.port, host: url.hostname, path, method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    })
      .on("error", reject)
      .end();
  });
}

describe("the server", () => {
  test("serves the page under a strict policy, to this machine only, until Ctrl-C", async () => {
    const running = start(["playground", "--json"]);
    const address = await addressOf(running);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, headers } = await ask(address, "/");
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "x-content-type-options": "nosniff",
    });
    // The head of the page has the rest of the policy, with the hash of its one script.
    expect(headers["content-security-policy"]).toBe("frame-ancestors 'none'");
    const script = (await ask(address, "/index-worker.js")).headers["content-security-policy"];
    expect(script).toContain("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
    for (const path of ["/../package.json", "/%2e%2e/package.json", "//etc/passwd", "/assets", "/nothing"])
      expect((await ask(address, path)).status, path).toBe(404);
    expect((await ask(address, "/", "evil.example")).status).toBe(421);
    expect((await ask(address, "/", undefined, "POST")).status).toBe(405);
    const taken = await simdgrad(["playground", "--port", new URL(address).port]);
    expect(taken).toMatchObject({ code: 1, stdout: "" });
    expect(taken.stderr).toContain("another program uses this port");
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test.each(["-1", "70000", "web"])("--port %s is refused", async (port) => {
    expect((await simdgrad(["playground", "--port", port])).code).toBe(2);
  });
});

describe("--export", () => {
  const target = join(folder, "site");
  test("writes the page, and writes it again over itself", async () => {
    for (const _ of [1, 2]) {
      const { code, stderr } = await simdgrad(["playground", "--export", target]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
    const listed = JSON.parse(readFileSync(join(target, "simdgrad-playground.json"), "utf8"));
    expect(listed).toContain("index.html");
    for (const path of listed) expect(existsSync(join(target, path)), path).toBe(true);
    expect(readdirSync(folder)).toEqual(["site"]);
  });

  test("refuses a folder with other files, and leaves it as it is", async () => {
    const other = join(folder, "mine");
    mkdirSync(other);
    writeFileSync(join(other, "thesis.txt"), "text");
    const { code, stderr } = await simdgrad(["playground", "--export", other]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--export: .*not thesis\.txt: .* \[NOT_EMPTY\]\n$/);
    expect(readdirSync(other)).toEqual(["thesis.txt"]);
    writeFileSync(join(target, "mine.txt"), "text");
    expect((await simdgrad(["playground", "--export", target])).code).toBe(1);
    expect((await simdgrad(["playground", "--export", join(other, "thesis.txt")])).stderr).toContain(
      "[NOT_A_DIRECTORY]",
    );
  });
});
