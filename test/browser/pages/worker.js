import { tasks } from "/pages/tasks.js";

const { task, library, ...options } = Object.fromEntries(new URLSearchParams(location.search));
try {
  postMessage({ result: await tasks[task](await import(library), options) });
} catch (error) {
  postMessage({ error: error.stack ?? String(error) });
}
