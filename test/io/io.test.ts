import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileError, nn, Tensor, tensor } from "../../src/index.js";
import * as io from "../../src/io/index.js";

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(join(tmpdir(), "simdgrad-io-"));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const variants = [
  [
    "sync",
    async (...args: Parameters<typeof io.saveSafetensorsSync>) => io.saveSafetensorsSync(...args),
    async (path: io.Path) => io.readSafetensorsSync(path),
    async (path: io.Path) => io.loadSafetensorsSync(path),
  ],
  ["async", io.saveSafetensors, io.readSafetensors, io.loadSafetensors],
] as const;

describe.each(variants)("safetensors files, %s", (kind, save, read, load) => {
  it("gives back tensors of every dtype, views included, and the metadata", async () => {
    const path = join(dir, `${kind}.safetensors`);
    const tensors: Record<string, Tensor> = {
      float32: tensor([
        [1.5, 2],
        [3, 4],
      ]),
      float64: tensor([0.1], { dtype: "float64" }),
      int32: tensor([-1, 7], { dtype: "int32" }),
      uint8: tensor([255], { dtype: "uint8" }),
      bool: tensor([true, false]),
      scalar: tensor(2.5),
      empty: tensor(new Float32Array(0), { shape: [0, 3] }),
    };
    tensors.transposed = tensors.float32.transpose(0, 1);
    await save(path, tensors, { metadata: { epoch: "3" } });
    const back = await read(path);
    expect(back.metadata).toEqual({ epoch: "3" });
    expect(Object.keys(back.tensors)).toEqual(Object.keys(tensors));
    for (const [name, x] of Object.entries(tensors)) {
      expect(back.tensors[name]).toBeInstanceOf(Tensor);
      expect(back.tensors[name].dtype).toBe(x.dtype);
      expect(back.tensors[name].shape).toEqual(x.shape);
      expect(back.tensors[name].toArray()).toEqual(x.toArray());
    }
  });

  it("carries a model from file to file", async () => {
    const path = pathToFileURL(join(dir, `${kind}-model.safetensors`));
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
    const other = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
    await save(path, model.stateDict());
    other.loadStateDict(await load(path));
    for (const [name, x] of Object.entries(model.stateDict()))
      expect(other.stateDict()[name].toArray()).toEqual(x.toArray());
  });

  it("names what is no tensor, before it touches the file", async () => {
    const path = join(dir, `${kind}-never`);
    const error = await save(path, { lr: 3 as unknown as Tensor }).catch((e) => e);
    expect(error).toMatchObject({ code: "INVALID_VALUE", message: expect.stringContaining('"lr"') });
    expect(fs.existsSync(path)).toBe(false);
  });

  it.each([
    ["a missing file", "model.safetensor", "FILE_NOT_FOUND"],
    ["a directory", ".", "NOT_A_FILE"],
    ["text", "text", "HEADER_TOO_LONG"],
    ["an empty file", "nothing", "EMPTY_FILE"],
  ])("cannot load %s", async (_, name, code) => {
    fs.writeFileSync(join(dir, "text"), "What hath God wrought?");
    fs.writeFileSync(join(dir, "nothing"), "");
    const path = join(dir, name);
    const error = await load(path).catch((e) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code, path, message: expect.stringContaining(JSON.stringify(path)) });
  });
});

it("saves the values of the moment of the call", async () => {
  const path = join(dir, "snapshot.safetensors");
  const x = tensor(new Float32Array(1 << 20).fill(1));
  const saving = io.saveSafetensors(path, { x });
  (x.data as Float32Array).fill(2);
  await saving;
  const values = (await io.loadSafetensors(path)).x.data;
  expect(values.every((value) => value === 1)).toBe(true);
});

it("loads a model that PyTorch saved, by PyTorch's names", () => {
  const model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
  const fixture = new URL("../fixtures/safetensors/mlp.safetensors", import.meta.url);
  expect(model.loadStateDict(io.loadSafetensorsSync(fixture))).toEqual({
    missingKeys: [],
    unexpectedKeys: [],
  });
  const expected = JSON.parse(fs.readFileSync(new URL("expected.json", new URL(".", fixture)), "utf8")).mlp
    .tensors;
  for (const [name, x] of Object.entries(model.stateDict()))
    expect([...x.data]).toEqual(expected[name].values);
});

it.each<[string, () => unknown]>([
  ["nothing", () => undefined],
  ["a Map, whose entries are no properties", () => new Map([["x", tensor([1])]])],
  ["a model in the place of its stateDict()", () => new nn.Linear(1, 1)],
  ["a tensor without a name", () => tensor([1])],
  ["a list", () => [tensor([1])]],
])("writes no file for %s", async (_, given) => {
  const path = join(dir, "not-written.safetensors");
  const refused = expect.objectContaining({
    code: "INVALID_VALUE",
    message: expect.stringContaining("saveSafetensors: an object of names with tensors is needed"),
  });
  expect(() => io.saveSafetensorsSync(path, given() as never)).toThrow(refused);
  await expect(io.saveSafetensors(path, given() as never)).rejects.toEqual(refused);
  expect(fs.existsSync(path)).toBe(false);
});
