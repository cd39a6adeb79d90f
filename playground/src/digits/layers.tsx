/** The values inside the network, layer by layer. */
import type { NetworkFacts, StageFacts } from "./messages.js";
import { arrange, Pixels } from "./pixels.js";
import { useStore } from "./store.js";

/** What a picture shows, in words. */
function wordsOf({ title }: StageFacts, values: Float32Array): string {
  const largest = values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
  const above = values.reduce((n, value) => n + Number(value > 0), 0);
  const top = `the largest is ${values[largest]!.toFixed(2)}, at position ${largest}`;
  return `${title}: ${above} of ${values.length} values are above 0; ${top}`;
}

function Stages({ network, stages }: { network: NetworkFacts; stages: readonly Float32Array[] }) {
  return (
    <ol class="stages">
      {network.stages.map((stage, i) => {
        const values = stages[i] ?? new Float32Array(stage.sizes.reduce((a, b) => a * b, 1));
        const { across, width } = arrange(stage.sizes);
        return (
          <li key={stage.title}>
            <h3>{stage.title}</h3>
            <p class="hint">{stage.note}</p>
            {/* A value takes 16 pixels at most, and maps fill the width. */}
            <div
              class="map"
              style={{ maxWidth: `${Math.max(across * width * 16, stage.sizes.length * 120)}px` }}
            >
              <Pixels
                {...{ values, sizes: stage.sizes, paint: "scale" }}
                label={stages[i] ? wordsOf(stage, values) : `${stage.title}: nothing is drawn yet`}
              />
            </div>
          </li>
        );
      })}
    </ol>
  );
}

export function Layers() {
  const { network, seen } = useStore();
  return (
    <section class="inside" aria-label="Inside the network">
      <h2>Inside the network</h2>
      {network === undefined ? (
        <NoNetwork />
      ) : (
        <>
          <p class="hint">
            The values that each layer computes from your drawing: blue is above 0, orange below, and each
            layer has its own scale.
          </p>
          <Stages network={network} stages={seen?.stages ?? []} />
        </>
      )}
    </section>
  );
}

function NoNetwork() {
  const { served } = useStore();
  return (
    <div class="ways">
      <p>There is no network yet. Three ways to one:</p>
      <ul>
        <li>
          <b>Train one here.</b>{" "}
          {served.mnist?.length
            ? "The button Train on MNIST takes a few seconds for an epoch."
            : "Drop MNIST’s four IDX files on the page, raw or gzipped, and press Train on MNIST."}
        </li>
        <li>
          <b>Open one.</b> Drop a file that <code>simdgrad train</code> wrote on the page: digits.safetensors.
        </li>
        <li>
          <b>Start the page with one.</b> <code>simdgrad playground --model digits.safetensors</code>
        </li>
      </ul>
    </div>
  );
}
