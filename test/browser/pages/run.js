/** Runs the task that the address names, here or in a Worker, and sends the result to the server. */
const { task, library, worker, report, ...options } = Object.fromEntries(
  new URLSearchParams(location.search),
);

async function here() {
  const [{ tasks }, simdgrad] = await Promise.all([import("/pages/tasks.js"), import(library)]);
  return tasks[task](simdgrad, options);
}

function inWorker() {
  const script = worker === "1" ? "/pages/worker.js" : worker;
  const thread = new Worker(`${script}${location.search}`, { type: "module" });
  return new Promise((resolve, reject) => {
    thread.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.result));
    thread.onerror = ({ message }) => reject(new Error(message));
  });
}

let answer;
try {
  answer = { result: await (worker ? inWorker() : here()) };
} catch (error) {
  answer = { error: error.stack ?? String(error) };
}
document.body.textContent = JSON.stringify(answer, null, 1);
await fetch(report, { method: "POST", body: JSON.stringify(answer) });
