/**
 * Training on many machines by MPI, which is found when the program runs.
 * `import * as distributed from "simdgrad/distributed"`.
 * @module simdgrad/distributed
 */
export { allGather, allReduce, barrier, broadcast, type Reduction } from "./collectives.js";
export { type DataParallelOptions, DistributedDataParallel } from "./data-parallel.js";
export { DistributedSampler, type SamplerOptions, type SamplerState } from "./sampler.js";
export { type InitOptions, init, library, localRank, rank, whenInitialized, worldSize } from "./world.js";
