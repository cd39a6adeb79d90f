import { parseArgs } from "node:util";

export const sectionNames = [
  ...([
    "gemm",
    "elementwise",
    "steps",
    "latency",
    "training",
    "convolution",
    "zoo",
    "largest",
    "distributed",
  ] as const),
] as const;
export type SectionName = (typeof sectionNames)[number];

export interface Options {
  only: SectionName[];
  /** Of the zoo; empty for all. */
  networks: string[];
  json: boolean;
  report?: string;
  rounds: number;
  milliseconds: number;
  random: number;
  seed: number;
  compile: boolean;
  processes: "one" | "each";
  spin: boolean;
}

const help = `npm run bench -- [options]

  --only gemm,steps     of ${sectionNames.join(", ")}; default all
  --networks gpt,lstm   of the zoo, by the beginnings of their names; default all
  --json                one JSON object on standard output instead of tables
  --report file.md      saves the tables as Markdown and the pictures beside it, as file.svg and file-zoo.svg
  --quick               one short round: shows that everything runs, not how fast
  --rounds n            each contestant's turns on each case (default 5)
  --milliseconds n      length of a turn; small cases repeat within it (default 100)
  --random n            random matrix products with m, n, k in 1..600 (default 1000, three short turns each)
  --seed n              of those shapes (default 1)
  --compile             torch.compile takes part in steps, training and the zoo (it needs a C++ compiler and a minute)
  --processes one|each  the libraries of the matrix products in one process or in one each (default one)
  --spin                does not wait until a library's threads sleep before the next one's turn: shows how they disturb

Peers take part when they are found: PyTorch, JAX and TensorFlow through python3 (or PYTHON=/path/to/python), tfjs after
"npm install --prefix bench", OpenBLAS, BLIS and oneDNN when their headers are installed and cmake is.
training: the event loop, memory, the first call, one sample, and five epochs of MNIST in one or two rounds of a minute.
SIMDGRAD_ISA and SIMDGRAD_THREADS hold for simdgrad.`;

/** Reads the command line. Ends the program after --help and after an unknown option. */
export function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        networks: { type: "string", multiple: true, default: [] },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        report: { type: "string" },
        rounds: { type: "string", default: "5" },
        milliseconds: { type: "string", default: "100" },
        random: { type: "string", default: "1000" },
        seed: { type: "string", default: "1" },
        compile: { type: "boolean", default: false },
        processes: { type: "string", default: "one" },
        spin: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    const whole = (name: "rounds" | "milliseconds" | "random" | "seed", least: number) => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < least)
        throw new Error(`--${name}: a whole number >= ${least} is needed: ${values[name]}`);
      return value;
    };
    const only = values.only.flatMap((names) => names.split(","));
    for (const name of only)
      if (!sectionNames.includes(name as SectionName))
        throw new Error(`--only: one of ${sectionNames.join(", ")} is needed: ${name}`);
    if (values.processes !== "one" && values.processes !== "each")
      throw new Error(`--processes: one or each is needed: ${values.processes}`);
    return {
      only: only.length > 0 ? (only as SectionName[]) : [...sectionNames],
      networks: values.networks.flatMap((names) => names.split(",")),
      json: values.json,
      report: values.report,
      rounds: values.quick ? 1 : whole("rounds", 1),
      milliseconds: values.quick ? 1 : whole("milliseconds", 1),
      random: whole("random", 0),
      seed: whole("seed", 0),
      compile: values.compile,
      processes: values.processes,
      spin: values.spin,
    };
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}
