// Attention over long sequences, forward and backward. Prints as JSON by how many MB the resident memory grew
// at its peak beyond the output and the gradients.
//
//   node attention.mjs <tokens> <heads> <width> [mask]   mask: a mask that needs a gradient, for comparison
import { readFileSync } from "node:fs";
import { backend, nn, randn, zeros } from "../../dist/index.js";

const [tokens, heads, width] = process.argv.slice(2, 5).map(Number);
const { scaledDotProductAttention } = nn.functional;
const inputs = () => [0, 1, 2].map(() => randn([1, heads, tokens, width], { requiresGrad: true }));

const [q, k, v] = inputs();
const g = randn([1, heads, tokens, width]);
// Memory that comes with the first call: the pool and its threads.
const small = [q, k, v].map((x) => x.detach().slice(null, null, [0, 64]).contiguous());
for (const x of small) x.requiresGrad = true;
scaledDotProductAttention(...small, { isCausal: true })
  .sum()
  .backward();
const mask = () => zeros([tokens, tokens], { requiresGrad: true });
const options = process.argv[5] === "mask" ? { attnMask: mask() } : { isCausal: true };
const before = process.memoryUsage.rss();
scaledDotProductAttention(q, k, v, options).backward(g);
const results = 4 * 4 * heads * tokens * width;
// Not resourceUsage().maxRSS: a child process begins with the peak of its parent.
const peak = 1024 * Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
const beyond = (peak - before - results) / 2 ** 20;
console.log(JSON.stringify({ backend: backend.name, beyond }));
