import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type CsvRecord, eachRecord, recordsOf } from "../../src/data/csv-records.js";
import { csvSamples, iris, parseCsv, readCsv, StreamLoader } from "../../src/data/index.js";
import fc from "../property.js";
import "../../src/index.js"; // gives tensors their methods

const folder = mkdtempSync(join(tmpdir(), "simdgrad-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
function file(text: string): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, text);
  return path;
}

const origin = { op: "readCsv", name: "the text" };
const records = (text: string) => {
  const found: CsvRecord[] = [];
  eachRecord(text, ",", origin, (record) => found.push(record));
  return found;
};
async function streamed(chunks: Uint8Array[]): Promise<CsvRecord[]> {
  async function* pieces() {
    yield* chunks;
  }
  const found: CsvRecord[] = [];
  for await (const batch of recordsOf(pieces(), ",", origin)) found.push(...batch);
  return found;
}

describe("records", () => {
  it.each<[string, string, string[][]]>([
    [
      "LF",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty fields",
      ",\n,b,\n",
      [
        ["", ""],
        ["", "b", ""],
      ],
    ],
    ["blank lines", "\na\n\r\n\nb\n", [["a"], ["b"]]],
    ["an empty field in quotes is a record", '""\n', [[""]]],
    ["quotes with delimiters and line ends", '"a,b","c\r\nd"\r\n', [["a,b", "c\r\nd"]]],
    ["doubled quotes", '"say ""yes""",""""\n', [['say "yes"', '"']]],
    ["a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    ["nothing", "", []],
  ])("%s", (_, text, expected) => {
    expect(records(text).map(({ fields }) => fields)).toEqual(expected);
  });

  it("say in which line they begin", () => {
    expect(records('a\n"b\nb"\n\nc').map(({ line }) => line)).toEqual([1, 2, 5]);
    expect(records('a\r\n"b\r\n\r\nb"\r\n\r\nc\r\nd').map(({ line }) => line)).toEqual([1, 2, 6, 7]);
    expect(() => records('a\r\n"b\r\n\r\nb"\r\n\r\nc"\r\nd')).toThrow("line 6, column 1");
  });

  it.each([
    ["a quote in a bare field", 'a,b\nc,d"e"\n', "line 2, column 2"],
    ["text after a quote", '"a"b\n', "line 1, column 1"],
    ["a quote that is never closed", 'a\n"b\n\nc', "line 4, column 1"],
    ["a lone carriage return after a quote", '"a"\rb\n', "line 1, column 1"],
    ["a zero byte", "a,b\n1,\0", "byte 6 of the text"],
  ])("%s is an error", (_, text, where) => {
    expect(() => records(text)).toThrow(expect.objectContaining({ code: "MALFORMED_CSV" }));
    expect(() => records(text)).toThrow(where);
  });

  it("are what was written, wherever the chunks are cut", async () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", "\n", "\r\n", " "), maxLength: 5 });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 7 }),
        async (written, end, size) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = written.map((row) => row.map(quote).join(",") + end).join("");
          const bytes = Buffer.from(text);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          const whole = records(text);
          expect(whole.map(({ fields }) => fields)).toEqual(written);
          expect(await streamed(chunks)).toEqual(whole);
        },
      ),
    );
  });
});

describe("columns", () => {
  it("numbers, categories and labels become features and classes", async () => {
    const text = "age,colour,id,kind\n30, red ,x1,cat\n1.5e1,blue,x2,dog\n-.5,red,x3,cat\n";
    const options = { columns: { colour: "category", id: "skip", kind: "label" } } as const;
    for (const { x, y, features, classes } of [parseCsv(text, options), await readCsv(file(text), options)]) {
      expect(features).toEqual(["age", "colour=blue", "colour=red"]);
      expect(x.dtype).toBe("float32");
      expect(x.toArray()).toEqual([
        [30, 0, 1],
        [15, 1, 0],
        [-0.5, 0, 1],
      ]);
      expect([y!.dtype, y!.toArray(), classes]).toEqual(["int32", [0, 1, 0], ["cat", "dog"]]);
    }
  });

  it("values that are given keep their order; numbers are sorted as numbers", () => {
    const text = "kind\n10\n9\n10\n";
    expect(parseCsv(text, { columns: { kind: "label" } }).classes).toEqual(["9", "10"]);
    const given = parseCsv(text, { columns: { kind: { type: "label", values: ["10", "9", "8"] } } });
    expect([given.classes, given.y!.toArray()]).toEqual([
      ["10", "9", "8"],
      [0, 1, 0],
    ]);
  });

  it("a target is float32; without header columns are numbered; another delimiter", () => {
    const { x, y, features } = parseCsv("1;2;3\n4;5;6\n", {
      ...{ header: false, delimiter: ";", columns: { 1: "target" } },
    });
    expect([features, x.toArray(), y!.dtype, y!.toArray()]).toEqual([
      ["0", "2"],
      [
        [1, 3],
        [4, 6],
      ],
      "float32",
      [2, 5],
    ]);
    expect(parseCsv("a\n1\n").y).toBeNull();
  });

  it.each([5, null, undefined, new Uint8Array(3)])("parseCsv takes a text: %s", (given) => {
    expect(() => parseCsv(given as never)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  });

  it("missing values are an error, NaN, or leave their row out", () => {
    const text = "a,b\n1,2\n,3\n4,NA\n";
    expect(() => parseCsv(text)).toThrow('a value is missing: "" in line 3, column 1 (a) of the text');
    expect(parseCsv(text, { missing: "skip" }).x.toArray()).toEqual([[1, 2]]);
    expect(parseCsv(text, { missing: "nan" }).x.toArray()).toEqual([
      [1, 2],
      [Number.NaN, 3],
      [4, Number.NaN],
    ]);
    expect(() => parseCsv('a\n""\n', { missing: "nan", columns: { a: "label" } })).toThrow(
      "a value is missing",
    );
  });

  it.each<[string, string, object, string, string]>([
    [
      "a short row",
      "a,b\n1,2\n3\n",
      {},
      "RAGGED_ROW",
      "1 fields for 2 columns in line 3, from column 2 (b) on",
    ],
    ["a long row", "a,b\n1,2,3\n", {}, "RAGGED_ROW", "3 fields for 2 columns in line 2, from column 3 on"],
    ["a word", "a,b\n1,x\n", {}, "NOT_A_NUMBER", '"x" in line 2, column 2 (b) of the text'],
    ["infinity", "a\nInfinity\n", {}, "NOT_A_NUMBER", '"Infinity" in line 2'],
    ["a number that is too large", "a\n1e999\n", {}, "NOT_A_NUMBER", '"1e999"'],
    ["a number beyond float32", "a,b\n1,1e39\n", {}, "NOT_A_NUMBER", '"1e39" in line 2, column 2 (b)'],
    ["a target beyond float32", "a\n-1e39\n", { columns: { a: "target" } }, "NOT_A_NUMBER", '"-1e39"'],
    ["a long number", `a\n${"1".repeat(1e6)}x\n`, {}, "NOT_A_NUMBER", '1…" (1000001 characters) in line 2'],
    ["an infinite line of commas", `a\n${",".repeat(1e6 + 5e4)}\n`, {}, "TOO_MANY_COLUMNS", "line 2"],
    ["hexadecimal", "a\n0x10\n", {}, "NOT_A_NUMBER", '"0x10"'],
    [
      "an unknown class",
      "a\nz\n",
      { columns: { a: { type: "label", values: ["x", "y"] } } },
      "UNKNOWN_VALUE",
      "one of x, y is needed",
    ],
    ["columns of one name", "a,a\n1,2\n", {}, "DUPLICATE_COLUMN", '"a"'],
    [
      "a misspelt column",
      "species\nx\n",
      { columns: { specie: "label" } },
      "INVALID_COLUMN",
      "did you mean species?",
    ],
    ["a misspelt type", "a\n1\n", { columns: { a: "lable" } }, "INVALID_COLUMN", "lable"],
    ["two answers", "a,b\n1,2\n", { columns: { a: "label", b: "target" } }, "INVALID_COLUMN", "a and b"],
    ["no rows", "a,b\n", {}, "EMPTY_DATASET", "no rows: the text"],
    ["no rows left", "a\nNA\n", { missing: "skip" }, "EMPTY_DATASET", "no rows"],
    ["nothing", "", {}, "EMPTY_DATASET", "no rows"],
    ["a delimiter of two characters", "a\n1\n", { delimiter: "::" }, "INVALID_OPTION", '"::"'],
    ["a misspelt option", "a\n1\n", { headers: false }, "UNKNOWN_OPTION", "did you mean header?"],
  ])("%s is an error", (_, text, options, code, message) => {
    expect(() => parseCsv(text, options as never)).toThrow(expect.objectContaining({ code }));
    expect(() => parseCsv(text, options as never)).toThrow(message);
  });

  it("may be called what objects have, and be many", () => {
    const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
    const { features, x, classes } = parseCsv(`${names.join(",")}\n1,2,3,4\n`, {
      columns: Object.fromEntries([["__proto__", "label"]]) as never,
    });
    expect([features, x.toArray(), classes]).toEqual([
      names.filter((name) => name !== "__proto__"),
      [[1, 3, 4]],
      ["2"],
    ]);
    const many = Array.from({ length: 300_000 }, (_, i) => `c${i}`);
    expect(parseCsv(`${many.join(",")}\n${many.map(() => "1").join(",")}\n`).x.shape).toEqual([1, 300_000]);
    const errors = () => parseCsv(`${many.join(",")},c7\n`);
    expect(errors).toThrow('two columns have one name: "c7"');
  });

  it("may have more than a hundred thousand categories, and no millions", () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => `v${i}\n`).join("");
    const columns = { kind: "label" } as const;
    expect(parseCsv(`kind\n${rows(120_000)}`, { columns }).classes.length).toBe(120_000);
    const values = Array.from({ length: 120_000 }, (_, i) => `v${i}`);
    const { features } = parseCsv("kind\nv7\n", { columns: { kind: { type: "category", values } } });
    expect(features.length).toBe(120_000);
    // Eleven columns of 100,000 values: a row of eleven is read faster than eleven rows.
    const names = [..."abcdefghijk"];
    const wide = Array.from({ length: 100_000 }, (_, i) => `${names.map((name) => name + i)}\n`).join("");
    const all = Object.fromEntries(names.map((name) => [name, "category" as const]));
    expect(() => parseCsv(`${names}\n${wide}`, { columns: all })).toThrow(
      expect.objectContaining({ code: "TOO_MANY_VALUES" }),
    );
    expect(() => parseCsv(`kind\n${rows(100_000)}`, { columns: { kind: "category" } })).toThrow(
      expect.objectContaining({ code: "OUT_OF_MEMORY" }),
    );
  });

  it("errors of a file name it", async () => {
    const path = file("a\nx\n");
    await expect(readCsv(path)).rejects.toMatchObject({ code: "NOT_A_NUMBER", path });
    await expect(readCsv(join(folder, "none.csv"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(readCsv(folder)).rejects.toMatchObject({ code: "NOT_A_FILE" });
  });
});

describe("csvSamples", () => {
  const columns = { kind: { type: "label", values: ["no", "yes"] } } as const;

  it("streams what readCsv reads", async () => {
    // Longer than the pieces in which files are read.
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i},${i % 7}.5,${i % 3 ? "no" : "yes"}`);
    const path = file(`a,b,kind\n${lines.join("\n")}\n`);
    const { x, y } = await readCsv(path, { columns });
    expect([x.shape, y!.shape]).toEqual([[60_000, 2], [60_000]]);
    let first = 0;
    for await (const [bx, by] of new StreamLoader(csvSamples(path, { columns }), { batchSize: 7_000 })) {
      const count = bx.shape[0];
      expect(bx.toArray()).toEqual(x.narrow(0, first, count).toArray());
      expect(by.toArray()).toEqual(y!.narrow(0, first, count).toArray());
      first += count;
    }
    expect(first).toBe(60_000);
  });

  it.each([
    ["a label whose values are not known", { a: "label" }],
    ["no label", { a: "number" }],
  ])("%s is an error", async (_, given) => {
    await expect(csvSamples(file("a\n1\n"), { columns: given as never }).next()).rejects.toMatchObject({
      code: "MISSING_OPTION",
    });
  });
});

it("iris: 150 flowers of three species, with the means that Fisher published", () => {
  const { x, y, features, classes } = iris();
  expect([x.shape, y.shape, y.dtype]).toEqual([[150, 4], [150], "int32"]);
  expect(features).toEqual(["sepal_length", "sepal_width", "petal_length", "petal_width"]);
  expect(classes).toEqual(["setosa", "versicolor", "virginica"]);
  // Table I of "The use of multiple measurements in taxonomic problems".
  const means = [
    [5.006, 3.428, 1.462, 0.246],
    [5.936, 2.77, 4.26, 1.326],
    [6.588, 2.974, 5.552, 2.026],
  ];
  for (const [species, expected] of means.entries()) {
    expect(y.narrow(0, 50 * species, 50).toArray()).toEqual(Array(50).fill(species));
    const found = x
      .narrow(0, 50 * species, 50)
      .mean(0)
      .toArray() as number[];
    for (const [f, mean] of expected.entries()) expect(found[f]).toBeCloseTo(mean, 4);
  }
});
