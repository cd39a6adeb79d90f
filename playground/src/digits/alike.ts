/** The rows of a table that are nearest to one row, by Euclidean distance. */

export interface Neighbour {
  /** Position of the row. */
  readonly index: number;
  readonly distance: number;
}

/** Columns between two looks at whether a row is already too far away; most rows end at the first look. */
const look = 16;

/**
 * The `count` rows of `table` (rows of `row.length` numbers, one after another) nearest to `row`, nearest
 * first; of equal distances, the earlier row first.
 */
export function nearestRows(table: Float32Array, row: Float32Array, count: number): Neighbour[] {
  const columns = row.length;
  const rows = table.length / columns;
  /** Squared distances, ascending, and their rows. */
  const found: { index: number; square: number }[] = [];
  let farthest = Number.POSITIVE_INFINITY;
  for (let index = 0, start = 0; index < rows; index++, start += columns) {
    let square = 0;
    for (let column = 0; column < columns && square < farthest; ) {
      const end = Math.min(columns, column + look);
      for (; column < end; column++) {
        const difference = table[start + column]! - row[column]!;
        square += difference * difference;
      }
    }
    if (!(square < farthest)) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.square > square) at--;
    found.splice(at, 0, { index, square });
    if (found.length > count) found.pop();
    if (found.length === count) farthest = found[count - 1]!.square;
  }
  return found.map(({ index, square }) => ({ index, distance: Math.sqrt(square) }));
}
