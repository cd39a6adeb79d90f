import { type CsvData, parseCsv } from "./csv.js";
import { irisText } from "./iris-text.js";

const columns = {
  species: { type: "label", values: ["setosa", "versicolor", "virginica"] },
} as const;

/**
 * Fisher's irises (1936), shipped inside the package: 150 flowers of three species, each with the length and
 * width of its sepals and petals in centimetres. `x` is float32 [150, 4], `y` int32 [150]; `features` and
 * `classes` hold the names. The flowers are sorted by species: shuffle them.
 * @example data.iris().x.shape // [150, 4]
 */
export function iris(): CsvData & { y: NonNullable<CsvData["y"]> } {
  const { y, ...rest } = parseCsv(irisText(), { columns });
  return { ...rest, y: y! };
}
