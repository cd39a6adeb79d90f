/** What the page and its Worker say to each other. */

/** A file of the visitor, or the address of one that the server gives. */
export interface Named {
  readonly name: string;
  readonly source: File | string;
}

export type NetworkKind = "mlp" | "cnn";

/** Values of one layer that belong together: maps of equal size, or one row of units. */
export interface StageFacts {
  readonly title: string;
  readonly note: string;
  /** Sizes of the values: [maps, height, width], or [units]. */
  readonly sizes: readonly number[];
}

export interface NetworkFacts {
  readonly title: string;
  /** Where it comes from: a file, or training in this page. */
  readonly origin: string;
  readonly stages: readonly StageFacts[];
  /** Whether `simdgrad eval` and `simdgrad predict` can read a file of it. */
  readonly savable: boolean;
}

export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Means over this epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** At the end of an epoch, if there are test images. */
  readonly testAccuracy?: number;
}

export interface Alike {
  /** Position among the training images. */
  readonly index: number;
  readonly label: number;
  readonly distance: number;
  readonly pixels: Uint8Array;
}

/** What the network makes of one image. */
export interface Seen {
  readonly probabilities: Float32Array;
  /** Values of each stage. */
  readonly stages: readonly Float32Array[];
  /** Undefined until the activations of all training images are known. */
  readonly alike?: readonly Alike[];
}

export type Request =
  | { readonly type: "start" }
  | { readonly type: "images"; readonly files: readonly Named[] }
  | { readonly type: "model"; readonly file: Named }
  | { readonly type: "train"; readonly kind: NetworkKind; readonly epochs: number }
  | { readonly type: "stop" }
  | { readonly type: "look"; readonly pixels: Uint8Array }
  | { readonly type: "save" };

export type Reply =
  | { readonly type: "backend"; readonly name: string; readonly reason: string }
  | { readonly type: "images"; readonly train: number; readonly test: number }
  | { readonly type: "network"; readonly network: NetworkFacts }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "trained"; readonly stopped: boolean }
  /** How many training images have their activations of the last hidden layer. */
  | { readonly type: "compared"; readonly done: number; readonly of: number }
  | { readonly type: "seen"; readonly seen: Seen }
  | { readonly type: "saved"; readonly bytes: Uint8Array }
  | { readonly type: "failed"; readonly message: string };
