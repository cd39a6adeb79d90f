export { type Compiled, type CompileOptions, compile } from "./compile.js";
export { EventLoopTurns } from "./event-loop-turns.js";
export type { Profile, ProfileRow } from "./explain.js";
export { batchesLeft, type Feed, isNotCapturable, nextOf } from "./feed.js";
export { type Limits, Runner, type Schedule, type Stretch } from "./run.js";
export type { RunOptions, RunProgress, RunResult, StepSource } from "./steps.js";
