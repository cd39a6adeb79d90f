/** The modules of a model, with the shapes of their outputs. */
import type { Module } from "../../nn/module.js";
import { Tensor } from "../../tensor/tensor.js";
import type { ModuleRow } from "./run-data.js";

/** Longer tables are cut. */
const MOST_ROWS = 400;

/** Notes the shapes of outputs in the first step: `stop` removes the hooks again. */
export class ModelTable {
  readonly #model: Module;
  readonly #outputs = new Map<Module, readonly number[]>();
  #hooks: (() => void)[];

  constructor(model: Module) {
    this.#model = model;
    this.#hooks = model.modules().map((module) =>
      module.registerForwardHook((_module, _args, result) => {
        // A module that is called several times has the shape of its first call.
        if (result instanceof Tensor && !this.#outputs.has(module))
          this.#outputs.set(module, [...result.shape]);
        return undefined;
      }),
    );
  }

  stop(): void {
    for (const remove of this.#hooks) remove();
    this.#hooks = [];
  }

  /** The table, and how many rows it leaves out. */
  read(): { name: string; rows: ModuleRow[]; more: number } {
    const seen = new Set<Tensor>();
    const rows: ModuleRow[] = [];
    let more = 0;
    for (const [path, module] of this.#model.namedModules()) {
      if (rows.length === MOST_ROWS) {
        more++;
        continue;
      }
      const below = new Set<Tensor>(module.children().flatMap((child) => child.parameters()));
      const own = module.parameters().filter((p) => !below.has(p) && !seen.has(p));
      for (const p of own) seen.add(p);
      const count = (all: readonly Tensor[]) => all.reduce((n, { numel }) => n + numel, 0);
      rows.push({
        path,
        kind: module.constructor.name,
        text: module.extraRepr(),
        output: this.#outputs.get(module) ?? null,
        parameters: count(own),
        trained: count(own.filter(({ requiresGrad }) => requiresGrad)),
      });
    }
    return { name: this.#model.constructor.name, rows, more };
  }
}
