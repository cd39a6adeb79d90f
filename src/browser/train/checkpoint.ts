/** A page keeps no files: `fit` has no checkpoints there. */
import type { Path } from "../../io/read.js";
import type { Standing, Trained } from "../../train/checkpoint.js";
import { notInBrowser } from "../not-here.js";

const refusal = () =>
  notInBrowser(
    "fit: checkpoint: writing a file",
    "keep io.encodeSafetensors(model.stateDict()) and optimizer.stateDict() instead",
  );

export function checkResumable(_path: Path, _trained: Trained): void {
  throw refusal();
}

export function saveCheckpoint(_path: Path, _trained: Trained, _standing: Standing): void {
  throw refusal();
}

export function encodeCheckpoint(_trained: Trained, _standing: Standing): Uint8Array {
  throw refusal();
}

export function decodeCheckpoint(_bytes: Uint8Array, _trained: Trained): Standing {
  throw refusal();
}

export function loadCheckpoint(_path: Path, _trained: Trained): Standing | null {
  throw refusal();
}
