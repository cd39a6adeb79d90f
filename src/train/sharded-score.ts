import { Score } from "./score.js";

/** What `Run` needs of a score. */
export type Scores = Pick<Score, "part" | "reset" | "sums" | "samples" | "loss" | "accuracy" | "correct">;

/** Numbers of a score. */
const width = 6;

/**
 * The score of a run whose batches are cut into shards: one for each, so that the order of every sum is that
 * of the shards, whoever computes them.
 */
export class ShardedScore implements Scores {
  readonly #shards: readonly Score[];

  constructor(shards: number, threshold: number | null) {
    this.#shards = Array.from({ length: shards }, () => new Score(threshold));
  }

  static areSums(sums: readonly number[], shards: number): boolean {
    const each = Array.from({ length: shards }, (_, i) => sums.slice(width * i, width * (i + 1)));
    return sums.length === 0 || (sums.length === width * shards && each.every(Score.areSums));
  }

  reset(sums: readonly number[] = []): void {
    for (const [i, shard] of this.#shards.entries()) shard.reset(sums.slice(width * i, width * (i + 1)));
  }

  /** The sums of all shards, one after the other. */
  get sums(): number[] {
    return this.#shards.flatMap(({ sums }) => sums);
  }

  part(shard: number): Score {
    return this.#shards[shard];
  }

  get samples(): number {
    return this.#whole.samples;
  }

  get loss(): number {
    return this.#whole.loss;
  }

  get accuracy(): number | null {
    return this.#whole.accuracy;
  }

  get correct(): number {
    return this.#whole.correct;
  }

  get #whole(): Score {
    return Score.of(this.#shards);
  }
}
