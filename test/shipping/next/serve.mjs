// node serve.mjs <server.js> [argument…]: starts the server, prints what its route answers and stops it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const free = createServer().listen(0);
const { port } = free.address();
await new Promise((done) => free.close(done));

const server = spawn(process.execPath, process.argv.slice(2), {
  env: { ...process.env, PORT: port, HOSTNAME: "127.0.0.1" },
  stdio: ["ignore", "ignore", "inherit"],
});
const ended = new Promise((done) => server.once("exit", done));
for (let left = 240; left > 0 && server.exitCode === null; left--) {
  await new Promise((done) => setTimeout(done, 250));
  const answer = await fetch(`http://127.0.0.1:${port}/train`).catch(() => undefined);
  if (answer === undefined) continue;
  console.log(await answer.text());
  break;
}
server.kill();
await ended;
