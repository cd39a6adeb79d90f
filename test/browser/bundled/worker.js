import { backend } from "simdgrad";
import { hashOf } from "./hash.js";

addEventListener("message", async ({ data: source }) => {
  try {
    await backend.load(source);
    postMessage({ hash: await hashOf(), backend: backend.name });
  } catch (error) {
    postMessage({ error: error.stack ?? String(error) });
  }
});
