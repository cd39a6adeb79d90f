/** Writes the initial weights and the batch of networks of the zoo, for all contestants. */
import { io, manualSeed } from "simdgrad";
import type { NetworkCase } from "../protocol.js";
import { networks } from "../zoo/networks.js";
import { run } from "./run.js";

await run((cases: NetworkCase[]): null => {
  for (const { network, sizes, file } of cases) {
    manualSeed(1);
    const { model, batch } = networks[network];
    const weights = Object.entries(model(sizes).stateDict()).map(([name, x]) => [`model.${name}`, x]);
    const tensors = batch(sizes).map((x, i) => [`batch.${i}`, x]);
    io.saveSafetensorsSync(file, Object.fromEntries([...weights, ...tensors]));
  }
  return null;
});
