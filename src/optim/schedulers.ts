/** Schedules of the learning rate (PyTorch's `torch.optim.lr_scheduler`). */
export { ChainedScheduler, SequentialLR } from "./combined.js";
export {
  CosineAnnealingWarmRestarts,
  CyclicLR,
  type CyclicOptions,
  OneCycleLR,
  type OneCycleOptions,
} from "./cycles.js";
export * from "./decays.js";
export { type PlateauOptions, type PlateauState, ReduceLROnPlateau } from "./plateau.js";
export { type Scheduled, type ScheduledGroup, Scheduler, type SchedulerState } from "./scheduler.js";
