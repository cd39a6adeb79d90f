/** A page trains alone, and keeps no files. */
import type { Path } from "../../io/index.js";
import { type Standing, saveCheckpoint, type Trained } from "../../train/checkpoint.js";
import type { Common, Ranks as Many, Stretch, Wish } from "../../train/ranks.js";
import type { Scores } from "../../train/sharded-score.js";
import { notInBrowser } from "../not-here.js";

export type { Stretch, Wish } from "../../train/ranks.js";

/** All that other files use of ranks: the types do not fit when a part is missing. */
export class Ranks implements Pick<Many, keyof Many> {
  readonly sharding = null;

  async join(_common: Common): Promise<void> {}

  async begin(
    _file: Path | undefined,
    _trained: Trained,
    shards: number | undefined,
    anew: () => void,
  ): Promise<Standing | null> {
    if (shards !== undefined)
      throw notInBrowser("fit: shards", "a page is one process; leave the option out");
    anew();
    return null;
  }

  own(signal: AbortSignal | undefined): AbortSignal | undefined {
    return signal;
  }

  async next(wish: Wish): Promise<Stretch | null> {
    return wish.signal?.aborted ? null : wish;
  }

  divide(): void {}

  async unite(): Promise<void> {}

  async leave(): Promise<void> {}

  async reached(_score: Scores, _steps: number, report: boolean): Promise<boolean> {
    return report;
  }

  async save(file: Path, trained: Trained, standing: Standing): Promise<void> {
    saveCheckpoint(file, trained, standing);
  }
}
