/** Places in the arena of a program. */
import { describe, expect, it } from "vitest";
import { bySize, byTime, type Life, type Placement } from "../../src/compile/placement.js";
import fc from "../property.js";

const life = fc
  .record({ first: fc.nat(40), length: fc.nat(15), lines: fc.integer({ min: 1, max: 9 }) })
  .map(({ first, length, lines }): Life => ({ first, last: first + length, bytes: 64 * lines }));
const lives = fc.array(life, { maxLength: 60 });

/** The most bytes that are alive during one call: no arena can be smaller. */
function mostAtOnce(given: readonly Life[]): number {
  const at = (call: number) =>
    given.reduce((sum, { first, last, bytes }) => sum + (first <= call && call <= last ? bytes : 0), 0);
  return Math.max(0, ...given.map(({ first }) => at(first)));
}

function apart(given: readonly Life[], { places }: Placement): boolean {
  return given.every((a, i) =>
    given.every((b, j) => {
      const never = i === j || a.last < b.first || b.last < a.first;
      return never || places[i] + a.bytes <= places[j] || places[j] + b.bytes <= places[i];
    }),
  );
}

describe.each([
  { name: "by size", place: bySize },
  { name: "by time", place: byTime },
])("placement $name", ({ place }) => {
  it("keeps what lives at the same time apart, and inside the arena", () => {
    fc.assert(
      fc.property(lives, (given) => {
        const placement = place(given);
        expect(apart(given, placement)).toBe(true);
        const ends = placement.places.map((at, i) => at + given[i].bytes);
        expect(placement.bytes).toBe(Math.max(0, ...ends));
        expect(placement.bytes).toBeGreaterThanOrEqual(mostAtOnce(given));
      }),
    );
  });

  it("needs no more than is alive at once when memory is freed in reverse order", () => {
    const nested = Array.from({ length: 50 }, (_, i) => ({
      first: i,
      last: 100 - i,
      bytes: 64 * (1 + (i % 5)),
    }));
    expect(place(nested).bytes).toBe(mostAtOnce(nested));
  });

  it("uses the memory of what has ended again", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => ({ first: i, last: i + 1, bytes: 128 }));
    expect(place(chain.slice(0, 500)).bytes).toBe(256);
    if (place === byTime) expect(byTime(chain).bytes).toBe(256);
  });
});
