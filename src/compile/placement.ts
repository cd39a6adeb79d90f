/** Places memory of known lifetimes in one arena. */

/** A lifetime: from the first call that accesses the memory to the last. */
export interface Life {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

export interface Placement {
  /** The first byte of each. */
  readonly places: readonly number[];
  /** Size of the arena. */
  readonly bytes: number;
}

/**
 * Number of lifetimes up to which each is compared with all others: at most 2000² / 2 comparisons, which take
 * 5 ms.
 */
const FEW = 2000;

/** Few lifetimes are placed by size, which takes less memory; many in order of time, which is faster. */
export function place(lives: readonly Life[]): Placement {
  return lives.length <= FEW ? bySize(lives) : byTime(lives);
}

/**
 * Places the largest first, each at the lowest place that is free during its lifetime. Greedy placement by
 * size comes within a few percent of the lower bound on networks (Pisarchyk and Lee, "Efficient memory
 * management for deep neural net inference", 2020). Takes quadratic time.
 */
export function bySize(lives: readonly Life[]): Placement {
  const places: number[] = Array(lives.length);
  const first = Int32Array.from(lives, (life) => life.first);
  const last = Int32Array.from(lives, (life) => life.last);
  /** By place: which they are, where they begin, and where they end. */
  const placed = new Int32Array(lives.length);
  const begins = new Float64Array(lives.length);
  const ends = new Float64Array(lives.length);
  let size = 0;
  let count = 0;
  for (const i of lives.map((_, i) => i).sort((a, b) => lives[b].bytes - lives[a].bytes)) {
    const { bytes } = lives[i];
    let at = 0;
    for (let p = 0; p < count; p++) {
      const other = placed[p];
      if (first[other] > last[i] || last[other] < first[i]) continue;
      if (begins[p] - at >= bytes) break;
      if (ends[p] > at) at = ends[p];
    }
    places[i] = at;
    size = Math.max(size, at + bytes);
    let next = count;
    while (next > 0 && begins[next - 1] > at) next--;
    for (const list of [placed, begins, ends]) list.copyWithin(next + 1, next, count);
    placed[next] = i;
    begins[next] = at;
    ends[next] = at + bytes;
    count++;
  }
  return { places, bytes: size };
}

/** A range of the arena that is not in use. */
interface Gap {
  from: number;
  to: number;
}

/**
 * Goes through the calls as an allocator would: each lifetime takes the smallest gap that is large enough
 * when it begins (best fit), and its memory joins the gaps beside it when it ends.
 */
export function byTime(lives: readonly Life[]): Placement {
  const places: number[] = Array(lives.length);
  const begins = inOrder(lives, "first");
  const ends = inOrder(lives, "last");
  /** By place; the last one has no end. */
  const gaps: Gap[] = [{ from: 0, to: Number.POSITIVE_INFINITY }];
  let size = 0;
  let ended = 0;
  for (const i of begins) {
    const { first, bytes } = lives[i];
    for (; lives[ends[ended]].last < first; ended++)
      free(gaps, places[ends[ended]], lives[ends[ended]].bytes);
    let best = gaps.length - 1;
    for (let g = 0; g < gaps.length - 1; g++) {
      const room = gaps[g].to - gaps[g].from;
      if (room >= bytes && room < gaps[best].to - gaps[best].from) best = g;
    }
    const gap = gaps[best];
    places[i] = gap.from;
    gap.from += bytes;
    size = Math.max(size, gap.from);
    if (gap.from === gap.to) gaps.splice(best, 1);
  }
  return { places, bytes: size };
}

/**
 * The indices of the lifetimes in the order in which they begin (or end); those at the same call, the largest
 * first. Counts the lifetimes of each call: linear time.
 */
function inOrder(lives: readonly Life[], by: "first" | "last"): Int32Array {
  let calls = 0;
  for (const life of lives) calls = Math.max(calls, life[by] + 1);
  const next = new Int32Array(calls + 1);
  for (const life of lives) next[life[by] + 1]++;
  for (let call = 1; call <= calls; call++) next[call] += next[call - 1];
  const order = new Int32Array(lives.length);
  for (let i = 0; i < lives.length; i++) order[next[lives[i][by]]++] = i;
  // Few lifetimes begin at the same call.
  for (let i = 1; i < order.length; i++) {
    const life = lives[order[i]];
    for (let j = i; j > 0 && lives[order[j - 1]][by] === life[by]; j--) {
      if (lives[order[j - 1]].bytes >= life.bytes) break;
      [order[j - 1], order[j]] = [order[j], order[j - 1]];
    }
  }
  return order;
}

/** Makes a range a gap, or a part of the gaps that it touches. */
function free(gaps: Gap[], from: number, bytes: number): void {
  const to = from + bytes;
  let low = 0;
  for (let high = gaps.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (gaps[middle].from < from) low = middle + 1;
    else high = middle;
  }
  const after = gaps[low];
  const before = low > 0 ? gaps[low - 1] : null;
  if (before?.to === from) {
    before.to = to;
    if (after.from !== to) return;
    before.to = after.to;
    gaps.splice(low, 1);
  } else if (after.from === to) after.from = from;
  else gaps.splice(low, 0, { from, to });
}
