import { readFileSync } from "node:fs";
import { readError } from "../io/read.js";
import { packageFile } from "../package-root.js";
import { type CsvData, parseCsv } from "./csv.js";

const columns = {
  species: { type: "label", values: ["setosa", "versicolor", "virginica"] },
} as const;

/** Written out for programs that copy files, as in kernels/prebuilt.ts. */
function csvFile(): string {
  return require("node:path").join(__dirname, "../../data/iris.csv");
}

/**
 * Fisher's irises (1936), shipped inside the package: 150 flowers of three species, each with the length and
 * width of its sepals and petals in centimetres. `x` is float32 [150, 4], `y` int32 [150]; `features` and
 * `classes` hold the names. The flowers are sorted by species: shuffle them.
 */
export function iris(): CsvData & { y: NonNullable<CsvData["y"]> } {
  const path = packageFile("data/iris.csv", csvFile);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw readError("iris", path, error);
  }
  const { y, ...rest } = parseCsv(text, { columns });
  return { ...rest, y: y! };
}
