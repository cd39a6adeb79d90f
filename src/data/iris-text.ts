import { readFileSync } from "node:fs";
import { readError } from "../io/read.js";
import { packageFile } from "../package-root.js";

/** Written out for programs that copy files, as in kernels/prebuilt.ts. */
function csvFile(): string {
  return require("node:path").join(__dirname, "../../data/iris.csv");
}

/** The CSV file of the irises. @throws FileError */
export function irisText(): string {
  const path = packageFile("data/iris.csv", csvFile);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw readError("iris", path, error);
  }
}
