/** PyTorch's `torch.nn.utils`. */
export { type ClipGradNormOptions, clipGradNorm_, clipGradValue_ } from "./clip.js";
export * as rnn from "./packed-sequence.js";
