import { train } from "../index.js";
import { type BackendFlags, backendFacts, chooseBackend, describeBackend } from "./engine.js";
import { loadPart } from "./images.js";
import { describeNetwork, loadNetwork } from "./network.js";
import { colors, count, percent, print, printJson } from "./terminal.js";

export interface EvalFlags extends BackendFlags {
  model: string;
  data?: string;
  split?: string;
  json?: boolean;
}

export async function evalCommand(flags: EvalFlags): Promise<void> {
  chooseBackend(flags);
  const { model, architecture } = await loadNetwork(flags.model);
  const images = await loadPart("test", { dir: flags.data, split: flags.split }, architecture);
  const result = await train.evaluate(model, images, { confusion: true });
  const { accuracy, loss, correct, samples, seconds, imagesPerSecond, confusion = [] } = result;
  if (flags.json) {
    printJson({
      ...{ command: "eval", model: flags.model, accuracy, loss, correct, samples, seconds },
      ...{ imagesPerSecond, ...backendFacts(), confusion },
    });
    return;
  }
  print(`${flags.model}: ${describeNetwork(architecture)}`);
  print(
    `${colors.bold(`test accuracy ${percent(accuracy ?? 0)}`)} (${count(correct)} of ${count(samples)}), loss ${loss.toFixed(4)}, ${count(imagesPerSecond)} images/s on ${describeBackend()}`,
  );
  const mistakes = commonMistakes(confusion);
  if (mistakes.length > 0) print(`most often confused: ${mistakes.join(", ")}`);
}

/** `4 taken for 9 (12 times)`, the most frequent ones first. */
function commonMistakes(confusion: number[][]): string[] {
  return confusion
    .flatMap((row, target) => row.map((times, predicted) => ({ target, predicted, times })))
    .filter(({ target, predicted, times }) => target !== predicted && times > 0)
    .sort((a, b) => b.times - a.times)
    .slice(0, 5)
    .map(({ target, predicted, times }) => `${target} taken for ${predicted} (${times})`);
}
