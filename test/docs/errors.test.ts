/** docs/errors.md has every code that the source throws, and no other. */
import { expect, it } from "vitest";
import { variableNames } from "../../src/environment.js";
import { sources } from "../structure/imports.js";
import { pages } from "./pages.js";

/** Other words in capitals in the source. */
const others = new Set<string>([
  ...variableNames,
  // variables of launchers, and of the terminal
  ..."OMPI_COMM_WORLD_SIZE OMPI_COMM_WORLD_LOCAL_SIZE OMPI_COMM_WORLD_LOCAL_RANK PMIX_RANK".split(" "),
  ..."MPI_LOCALRANKID MPI_LOCALNRANKS PMI_FD PMI_PORT PMI_SIZE SLURM_STEP_ID SLURM_NTASKS SLURM_NTASKS_PER_NODE SLURM_LOCALID".split(
    " ",
  ),
  "TERM",
  // errors and signals of the system, and of csv-parse and zlib
  ..."EACCES EADDRINUSE EAGAIN EDQUOT EFBIG EISDIR ENOENT ENOSPC ENOTDIR ENXIO EPERM EPIPE EROFS ESRCH".split(
    " ",
  ),
  ..."ERR_BUFFER_TOO_LARGE ERR_INVALID_ARG_VALUE CSV_MAX_RECORD_SIZE SIGHUP SIGINT SIGTERM".split(" "),
  // types and chunks of file formats, classes of layers, an argument of LAPACK, a method of HTTP
  ..."BF16 BOOL IDAT IEND IHDR CELU GELU LSTM SELU UPLO HEAD CIFAR10".split(" "),
]);

const literal = /"([A-Z][A-Z0-9]{3,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g;

const thrown = new Set(
  [...sources(["src"], /\.tsx?$/).values()]
    .flatMap((text) => [...text.matchAll(literal)].map(([, word]) => word))
    .filter((word) => !others.has(word)),
);

const rows = [...pages.get("docs/errors.md")!.matchAll(/^\| `([A-Z0-9_]+)` \| ([^|]+) \| (.+) \|$/gm)];

it("every code is on the page once, with its meaning and what to do", () => {
  const codes = rows.map(([, code]) => code);
  expect([...thrown].filter((code) => !codes.includes(code)).sort()).toEqual([]);
  expect(codes.filter((code) => !thrown.has(code))).toEqual([]);
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  expect(rows.filter(([, , meaning, todo]) => meaning.trim() === "" || todo.trim() === "")).toEqual([]);
  expect(codes.length).toBeGreaterThan(150);
});

it("the list of other words has none that the source no longer has", () => {
  const all = [...sources(["src"], /\.tsx?$/).values()].join("\n");
  expect([...others].filter((word) => !all.includes(word))).toEqual([]);
});
