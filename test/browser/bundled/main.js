/** A program for bundlers: trains in the page and in a Worker, and sends the results to the server. */
import { backend } from "simdgrad";
import { hashOf } from "./hash.js";

const { report, source } = Object.fromEntries(new URLSearchParams(location.search));

async function inWorker() {
  const thread = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  thread.postMessage(source);
  return new Promise((resolve, reject) => {
    thread.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data));
    thread.onerror = ({ message }) => reject(new Error(message));
  });
}

let answer;
try {
  await backend.load(source);
  answer = { result: [{ hash: await hashOf(), backend: backend.name }, await inWorker()] };
} catch (error) {
  answer = { error: error.stack ?? String(error) };
}
await fetch(report, { method: "POST", body: JSON.stringify(answer) });
