/** The training images that the network takes for most alike to the drawing. */
import { Pixels } from "./pixels.js";
import { useStore } from "./store.js";

/** Why no images are shown, or undefined. */
function useReason(): string | undefined {
  const { images, network, training, compared, pixels, seen } = useStore();
  if (network === undefined) return "There is no network yet.";
  if (images === undefined)
    return "There are no training images here: drop MNIST’s files on the page to see them.";
  if (training) return "They are compared when training ends.";
  if (compared === undefined || compared.done < compared.of) {
    const { done, of } = compared ?? { done: 0, of: images.train };
    return `Comparing: ${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} training images.`;
  }
  if (pixels === undefined) return "Draw a digit.";
  return seen?.alike === undefined ? "" : undefined;
}

export function Likeness() {
  const { seen } = useStore();
  const reason = useReason();
  return (
    <section class="likeness" aria-label="Most alike training images">
      <h2>Most alike training images</h2>
      <p class="hint">
        The eight whose values in the last hidden layer are nearest to those of your drawing, with their
        labels.
      </p>
      {reason !== undefined ? (
        <p class="reason" data-testid="likeness">
          {reason}
        </p>
      ) : (
        <ol data-testid="likeness">
          {seen!.alike!.map(({ index, label, distance, pixels }) => (
            <li key={index}>
              <Pixels
                {...{ values: pixels, sizes: [1, 28, 28], paint: "ink" }}
                label={`Training image ${index}`}
              />
              <strong>{label}</strong>
              <small>distance {distance.toFixed(2)}</small>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
