import { ordinary } from "../allocator.js";
import type { Backend } from "./backend-value.js";
import * as js from "./js/index.js";

/** The JavaScript core. */
export const jsBackend: Backend = { name: "js", kernels: js, allocate: ordinary, replay: null };
