/** What the network answers: a probability for each digit. */
import { useEffect, useState } from "preact/hooks";
import { useStore } from "./store.js";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function likeliest(probabilities: Float32Array): number {
  return probabilities.reduce((best, share, digit) => (share > probabilities[best]! ? digit : best), 0);
}

/** Tells screen readers the answer when drawing pauses, not at every point. */
function Said({ text }: { text: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    const due = setTimeout(say, 600, text);
    return () => clearTimeout(due);
  }, [text]);
  return (
    <span class="unseen" role="status">
      {said}
    </span>
  );
}

export function Answer() {
  const { seen, network, pixels } = useStore();
  const shares = seen?.probabilities;
  const best = shares && likeliest(shares);
  return (
    <section class="answer" aria-label="Answer">
      <h2>Answer</h2>
      <p class="hint">How probable each digit is, as the network sees it; the ten numbers add up to 100 %.</p>
      <div class="verdict" aria-hidden="true">
        <strong data-testid="digit">{best ?? "?"}</strong>
        <span>
          {shares && best !== undefined
            ? percent(shares[best]!)
            : network === undefined
              ? "There is no network yet."
              : pixels === undefined
                ? "Draw a digit."
                : ""}
        </span>
      </div>
      <Said text={shares && best !== undefined ? `Most probably ${best}: ${percent(shares[best]!)}` : ""} />
      <ul class="shares">
        {Array.from({ length: 10 }, (_, digit) => {
          const share = shares?.[digit];
          return (
            <li key={digit} class={digit === best ? "best" : undefined}>
              <b>{digit}</b>
              <span class="track" aria-hidden="true">
                <i style={{ width: `${100 * (share ?? 0)}%` }} />
              </span>
              <span data-testid={`share-${digit}`} data-share={share}>
                {share === undefined ? "–" : percent(share)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
