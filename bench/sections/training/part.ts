import type { Table } from "../../table.js";

/** One thing that the section says about training. */
export interface Part {
  table: Table;
  data: unknown;
}

/** A line in place of a table: what would be measured, and why it was not. */
export const unmeasured = (what: string, reason: string): Part => ({
  table: { title: `${what}: not measured, ${reason}`, head: [], rows: [] },
  data: null,
});

export const withoutNativeCore = (what: string): Part =>
  unmeasured(what, "the native core does not run here");
