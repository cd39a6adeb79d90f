export type { Feed } from "./feed.js";
export { type Limits, Runner, type Stretch } from "./run.js";
export { type Compiled, type CompileOptions, compile } from "./compile.js";
