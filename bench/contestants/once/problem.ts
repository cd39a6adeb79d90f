/** Writes the initial weights and the batch of a network of the zoo, for all contestants. */
import { io, manualSeed } from "simdgrad";
import type { NetworkCase } from "../protocol.js";
import { networks } from "../zoo/networks.js";
import { run } from "./run.js";

await run(({ network, sizes, file }: Pick<NetworkCase, "network" | "sizes" | "file">): null => {
  manualSeed(1);
  const { model, batch } = networks[network];
  const weights = Object.entries(model(sizes).stateDict()).map(([name, x]) => [`model.${name}`, x]);
  const tensors = batch(sizes).map((x, i) => [`batch.${i}`, x]);
  io.saveSafetensorsSync(file, Object.fromEntries([...weights, ...tensors]));
  return null;
});
