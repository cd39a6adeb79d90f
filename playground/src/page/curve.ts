/** Curves of losses, thinned when they are long. */
import type { Mark } from "../experiment/experiment.js";

/** A curve of the width of a screen needs no more. */
const mostMarks = 2000;

/** Adds marks at the end; a mark of the last epoch takes the place of the one that is there. */
export function addMarks(marks: Mark[], more: readonly Mark[]): void {
  for (const mark of more) {
    if (marks.at(-1)?.epoch === mark.epoch) marks.pop();
    marks.push(mark);
  }
  // The first mark, which is the loss before training, and the last one stay.
  while (marks.length > mostMarks) {
    const last = marks.at(-1)!;
    const kept = marks.filter((_, i) => i % 2 === 0);
    if (kept.at(-1) !== last) kept.push(last);
    marks.splice(0, marks.length, ...kept);
  }
}
