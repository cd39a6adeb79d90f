import type { Plan } from "./plan.js";
import type { Failure, Memory } from "./program.js";
export class NativeProgram {
  readonly complete: boolean = false;
  constructor(readonly plan: Plan) {}
  replay(_parameters: readonly Memory[]): Failure | null {
    return null;
  }
}
