/** A page trains alone: `Ranks` refuses shards before there is a score. */
import { notInBrowser } from "../not-here.js";

export type { Scores } from "../../train/sharded-score.js";

export class ShardedScore {
  constructor() {
    throw notInBrowser("fit: shards", "a page is one process; leave the option out");
  }
}
