import { readFileSync } from "node:fs";
import { readError } from "../io/read.js";
import { packageFile } from "../package-root.js";

/** The CSV file of the irises. @throws FileError */
export function irisText(): string {
  const path = packageFile("data/iris.csv");
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw readError("iris", path, error);
  }
}
