export { type Compiled, type CompileOptions, compile } from "./compile.js";
export { Epoch } from "./epoch.js";
export type { Profile, ProfileRow } from "./explain.js";
export type { Feed } from "./feed.js";
export { type Limits, type Schedule, Stepper } from "./stepper.js";
export type { RunOptions, RunProgress, RunResult, StepSource } from "./steps.js";
