/** What the page and its Worker say to each other. Arrays are transferred, not copied. */
import type { CsvPlan } from "../experiment/csv-plan.js";
import type { LayerFacts } from "../experiment/diagnosis.js";
import type { Ending, Mark } from "../experiment/experiment.js";
import type { Frame } from "../experiment/maps.js";
import type { Task } from "../experiment/points.js";
import type { Unit } from "../experiment/sides.js";
import type { Surface } from "../experiment/surface.js";
import type { Change, Settings } from "../state/settings.js";

/** A run; another id is another run, which starts from the beginning. */
export interface RunRequest {
  readonly id: number;
  readonly settings: Settings;
}

export type Request =
  | {
      readonly type: "configure";
      readonly runs: readonly RunRequest[];
      /** The run whose pictures are shown. */
      readonly shown: number;
      readonly axes: readonly [number, number];
      readonly file?: CsvPlan;
    }
  /** Trains without pause until `false`. */
  | { readonly type: "free"; readonly on: boolean }
  | FrameRequest
  | {
      readonly type: "set";
      readonly id: number;
      readonly name: string;
      readonly index: number;
      readonly value: number;
    }
  | { readonly type: "plan"; readonly file: Blob; readonly name: string; readonly answer?: string };

/** Asks for a frame after so many more epochs of every run. */
export interface FrameRequest {
  readonly type: "frame";
  readonly epochs: number;
  /** Whether pictures are wanted, not only numbers. */
  readonly pictures: boolean;
  readonly unit?: Unit;
  /** A hidden layer whose outputs for the training points are wanted. */
  readonly space?: number;
  readonly surface?: readonly [number, number];
  readonly diagnosis: boolean;
}

export interface RunFacts {
  readonly task: Task;
  readonly columns: readonly string[];
  readonly classes: readonly string[];
  readonly outputs: number;
  readonly trained: number;
  readonly total: number;
  /** Rows of the file, which may be more than are used. */
  readonly rows?: number;
  readonly frame: Frame;
  /** Two columns of each point, training points first, and the answers. */
  readonly places: Float32Array;
  readonly answers: Float32Array;
  /** The pictures of the inputs: [inputs, side, side]. */
  readonly inputs: Float32Array;
}

export interface RunProgress {
  readonly id: number;
  readonly epoch: number;
  readonly steps: number;
  readonly marks: readonly Mark[];
  readonly now: Mark;
  readonly ending?: Ending;
  readonly changes: readonly Change[];
}

export interface Pictures {
  /** [units, side, side] of all hidden layers and the answers. */
  readonly small: Float32Array;
  readonly large: Float32Array;
  readonly unit?: Unit;
  readonly weights: Float32Array;
  /** Share of right answers among training and test points; NaN for regression. */
  readonly right: readonly [number, number];
  /** Outputs of a hidden layer for the training points, [units, points]. */
  readonly space?: { readonly layer: number; readonly outputs: Float32Array };
}

export type Reply =
  | { readonly type: "backend"; readonly name: string; readonly isa: string; readonly reason: string }
  | { readonly type: "ready"; readonly id: number; readonly facts: RunFacts }
  | { readonly type: "failed"; readonly id: number; readonly message: string }
  | {
      readonly type: "frame";
      readonly shown: number;
      readonly runs: readonly RunProgress[];
      readonly pictures?: Pictures;
      readonly diagnosis?: readonly LayerFacts[];
      readonly surface?: Surface;
      /** Steps of all runs and milliseconds spent in training since the last frame. */
      readonly steps: number;
      readonly milliseconds: number;
    }
  | { readonly type: "planned"; readonly plan: CsvPlan }
  | { readonly type: "refused"; readonly message: string };
