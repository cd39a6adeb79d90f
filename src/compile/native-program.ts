import type { Failure, Memory } from "./program.js";
import type { Plan } from "./plan.js";
export class NativeProgram {
  readonly complete: boolean = false;
  constructor(readonly plan: Plan) {}
  replay(_parameters: readonly Memory[]): Failure | null { return null; }
}
