/** Who describes a run: pages and event files (the option `report`). */
import { barrier } from "../distributed/collectives.js";
import { rank, worldSize } from "../distributed/world.js";
import { defaultGenerator } from "../random.js";
import type { Observed, Observer } from "./observer.js";
import { givenOf } from "./report/given.js";
import { Observation } from "./report/observation.js";
import type { Report } from "./report-options.js";

export type { Observed } from "./observer.js";

/**
 * Begins to describe a run: writes the first pages.
 * @throws FileError if a file cannot be written.
 */
export type OpenReport = (observed: Observed) => Observer;

/**
 * Checks the option before the run. Of several ranks only rank 0 writes.
 * @throws ValueError `INVALID_OPTION`; FileError `NOT_A_FILE` for a page that is a folder.
 */
export function prepareReport(report: Report | readonly Report[]): OpenReport {
  const given = givenOf(report);
  // `fit` seeds the generator itself before the first step.
  const { seed } = defaultGenerator;
  return (observed) => {
    const { signal } = observed.options;
    const observer = rank === 0 ? new Observation(given, { ...observed, seed, ranks: worldSize }) : bystander;
    return worldSize === 1 ? observer : untilAllEnd(observer, signal);
  };
}

/** What the other ranks have. */
const bystander: Observer = {
  next: Number.POSITIVE_INFINITY,
  ready: () => false,
  epoch() {},
  probe: () => null,
  look() {},
  end: async () => {},
};

/** A rank that ends must not end rank 0 while it writes the last page. */
function untilAllEnd(observer: Observer, signal: AbortSignal | undefined): Observer {
  return {
    get next() {
      return observer.next;
    },
    ready: () => observer.ready(),
    epoch: (...args) => observer.epoch(...args),
    probe: (one) => observer.probe(one),
    look: (...args) => observer.look(...args),
    async end(event, samples, result, error) {
      await observer.end(event, samples, result, error);
      // A signal stops all ranks at the same step. After other errors they are not at the same place.
      if (error === undefined || signal?.aborted) await barrier();
    },
  };
}
