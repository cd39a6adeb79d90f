/** Reads the option `report`. */
import { FileError, ValueError } from "../../errors.js";
import { fileKind, pathOf } from "../../io/read.js";
import { checkOptions } from "../../options.js";
import { quoted, quotedPath } from "../../quote.js";
import { isOptions } from "../../recognize.js";
import { batchesOf } from "../batches.js";
import type { Report, ReportOptions } from "../report-options.js";
import { TensorBoard } from "../tensorboard.js";

/** What describes one run. */
export interface Given {
  readonly pages: readonly (ReportOptions & { readonly path: string })[];
  readonly folders: readonly string[];
}

const invalid = (what: string, given: unknown) =>
  new ValueError(`fit: report: ${what}: ${quoted(given)}`, "INVALID_OPTION");

const isPath = (given: unknown): given is string | URL =>
  (typeof given === "string" && given !== "") || given instanceof URL;

/** @throws ValueError `INVALID_OPTION`; FileError `NOT_A_FILE` for a page that is a folder. */
export function givenOf(report: Report | readonly Report[]): Given {
  const all = Array.isArray(report) ? (report as readonly Report[]) : [report as Report];
  const folders = all.filter((one) => one instanceof TensorBoard).map(({ directory }) => directory);
  const pages = all
    .filter((one): one is Exclude<Report, TensorBoard> => !(one instanceof TensorBoard))
    .map((one) => pageOf(isPath(one) ? { path: one } : one));
  return { pages, folders };
}

function pageOf(given: ReportOptions): Given["pages"][number] {
  if (!isOptions(given))
    throw invalid("the path of an HTML file, { path, … } or train.tensorboard(folder)", given);
  checkOptions("fit: report", given, ["path", "title", "classes", "test", "image", "command"]);
  const { path, classes, image, command, test } = given;
  if (!isPath(path)) throw invalid("path is the path of an HTML file", path);
  const isList = (value: unknown, holds: (item: unknown) => boolean) =>
    value === undefined || (Array.isArray(value) && value.every(holds));
  if (!isList(classes, (name) => typeof name === "string")) throw invalid("classes are names", classes);
  if (!isList(image, (size) => Number.isSafeInteger(size) && (size as number) > 0) || image?.length === 0)
    throw invalid("image is the shape of a picture", image);
  if (command !== undefined && typeof command !== "string") throw invalid("command is text", command);
  if (test !== undefined) batchesOf("fit: report: test", test, { batchSize: 1, shuffle: false });
  const file = pathOf(path);
  if (fileKind(file) === "directory")
    throw new FileError(`fit: report: a directory, not a file: ${quotedPath(file)}`, "NOT_A_FILE", file);
  return { ...given, path: file };
}
