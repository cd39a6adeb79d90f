/**
 * The protocol between the benchmark and the contestants, each in its own process: one JSON object per line.
 * The first line that a contestant prints is its name. Then it answers every request in order, and its
 * threads sleep after each answer. A contestant that cannot run here ends without a first line and is left
 * out of the tables.
 */

/** A training step of a multilayer perceptron: ReLU between layers, cross-entropy, SGD with momentum 0.9. */
export interface StepCase {
  kind: "step";
  /** Units by layer, inputs first: [784, 512, 256, 10]. */
  sizes: number[];
  batch: number;
  /** Steps in one call, for contestants that make several. */
  steps: number;
}

/**
 * A training step of a convolutional network: 3x3 convolutions, each with batch normalization, ReLU and
 * halving; a linear layer; the loss and SGD of `StepCase`.
 */
export interface ConvolutionCase {
  kind: "convolution";
  /** Channels by layer, those of the images first: [3, 32, 64, 128]. */
  channels: number[];
  /** Height and width of the images. */
  size: number;
  batch: number;
  /** As in `StepCase`. */
  steps: number;
}

/** A training step of a network of contestants/zoo. */
export interface NetworkCase {
  kind: "network";
  /** Its file. */
  network: string;
  sizes: Readonly<Record<string, number>>;
  /**
   * Whether it draws random numbers in training: the first steps, whose losses are compared, are then in
   * evaluation mode.
   */
  random: boolean;
  /**
   * A safetensors file with the initial weights, under their names after "model.", and the batch, "batch.0"
   * and so on: every contestant reads it.
   */
  file: string;
  /** First steps, whose losses are compared. */
  compared: number;
}

/**
 * Tokens of one sequence by the GPT of the zoo with these sizes, as many as its length, each the likeliest.
 * The file is that of a `NetworkCase`.
 */
export interface GenerationCase {
  kind: "generation";
  sizes: Readonly<Record<string, number>>;
  file: string;
}

/** The forward pass of a multilayer perceptron alone, no gradients. */
export interface InferenceCase {
  kind: "inference";
  sizes: number[];
  batch: number;
}

/** An operation that reads or writes every element of its operands once or twice. */
export interface ElementwiseCase {
  kind: "elementwise";
  /** A name of the table in sections/elementwise.ts. */
  op: string;
  elements: number;
  /**
   * Whether the result is written into existing memory (`out=` in PyTorch) or returned as a new tensor. For
   * optimizer steps: the kernel alone, or `step()`.
   */
  output: "given" | "new";
}

/** C = op(A)·op(B), row-major without gaps. The native program is told which library is to do it. */
export interface GemmCase {
  kind: "gemm";
  m: number;
  n: number;
  k: number;
  transA: boolean;
  transB: boolean;
  threads: number;
  /**
   * False leaves the threads of the library as they are after the last call, instead of waiting until they
   * sleep.
   */
  quiet: boolean;
}

/** Fused multiply-adds in registers: a repetition is a million operations on each thread. */
export interface PeakCase {
  kind: "peak";
  threads: number;
}

/** The arrays that a loop streams: bench/native/loops.h. */
export type Pattern = "read" | "write" | "copy" | "add" | "sgd" | "adam";

export interface StreamCase {
  kind: "stream";
  pattern: Pattern;
  elements: number;
  threads: number;
  /** Streaming stores bypass the caches, which saves reading each line first. */
  past: boolean;
}

/**
 * An empty parallel loop, one chunk a thread; `meet`: no chunk ends before every thread has begun one. Check:
 * chunks by workers.
 */
export interface ForkJoinCase {
  kind: "forkJoin";
  threads: number;
  meet: boolean;
}

/** CPU time of the pool's threads in 100 ms, from 1 ms after work. */
export interface IdleCase {
  kind: "idle";
}

export type Case =
  | ConvolutionCase
  | NetworkCase
  | GenerationCase
  | StepCase
  | InferenceCase
  | ElementwiseCase
  | GemmCase
  | PeakCase
  | StreamCase
  | ForkJoinCase
  | IdleCase;

export interface Request {
  case: Case;
  /** How long to repeat it. */
  milliseconds: number;
  /** The name of the contestant, if several share the process. */
  library?: string;
}

export interface Library {
  name: string;
  version: string;
  /** The shared object that serves it. */
  file: string;
}

export interface Hello {
  /** Name and version, as a row of a table. */
  name: string;
  /** The contestants of the native program, which share one process. */
  libraries?: Library[];
  isa?: string;
  threads?: number;
}

/** The first steps of a network, from the weights of the file. */
export interface FirstSteps {
  losses: number[];
  /** Milliseconds of the first of them. */
  first: number;
  /** Bytes of resident memory at their highest, after all of them. */
  peak: number;
  parameters: number;
  /** Floating-point operations of a step; only the compiled step of simdgrad knows them. */
  flops?: number;
}

export interface Response {
  /** Microseconds of a repetition: the fastest and the one in the middle. */
  best: number;
  median: number;
  /** Samples taken. */
  count: number;
  /**
   * A value that shows that the contestant computed. Steps: the loss after the last repetition. Inference:
   * the sum of the outputs. Generation: the sum of the tokens, each times its place. Elementwise: the mean of
   * the first thousand results. Products: the error, in units of its bound.
   */
  check: number;
  /** Of a `NetworkCase`. */
  firstSteps?: FirstSteps;
}
