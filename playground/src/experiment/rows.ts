/** The rows of tables: of a CSV file, read as it was planned, and of the irises. */
import { data, type Tensor } from "simdgrad";
import { type CsvPlan, csvOptions } from "./csv-plan.js";

export type LabelledRows = data.CsvData & { y: Tensor };

export const irises = (): LabelledRows => data.iris();

/** @throws FileError that names line and column. */
export async function readPlanned(plan: CsvPlan): Promise<LabelledRows> {
  const read = await data.readCsv(plan.file, csvOptions(plan));
  if (read.x.shape[0]! < 2) throw new Error(`${plan.name} has fewer than two rows that are complete`);
  return read as LabelledRows;
}
