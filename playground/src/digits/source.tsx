/** Where the network comes from: training in the page, or a file. */
import { useEffect, useState } from "preact/hooks";
import { openFiles, save, stop, train } from "./engine.js";
import type { NetworkKind } from "./messages.js";
import { set, useStore } from "./store.js";

const kinds: Record<NetworkKind, string> = { mlp: "784-128-10", cnn: "two convolutions" };
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const counted = (n: number) => n.toLocaleString("en-US");

/** Files dropped anywhere on the page are opened. */
function useDrops(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) openFiles(files);
    };
    addEventListener("dragover", onOver);
    addEventListener("dragleave", onLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onOver);
      removeEventListener("dragleave", onLeave);
      removeEventListener("drop", onDrop);
    };
  }, []);
  return over;
}

function FileChoice() {
  const over = useDrops();
  return (
    <label class={`drop${over ? " over" : ""}`}>
      <input
        type="file"
        multiple
        aria-label="Your files: MNIST or a model"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) openFiles(files);
        }}
      />
      Your files <small>MNIST’s four, or a .safetensors: drop or choose</small>
    </label>
  );
}

/** What is known about the network, in one line. */
function Title() {
  const { network, tested, images, training, busy } = useStore();
  const facts = [
    network?.origin,
    tested !== undefined && `${percent(tested)} of the test images right`,
    images !== undefined && network === undefined && `${counted(images.train)} training images`,
  ].filter(Boolean);
  return (
    <div class="network-title">
      <span>Network</span>
      <strong data-testid="network">{network?.title ?? "none yet"}</strong>
      <small role="status" data-testid="origin">
        {busy ?? (training ? "training" : facts.join(", ")) ?? ""}
      </small>
    </div>
  );
}

function Controls() {
  const { kind, epochs, training, images, served, busy, dead, network } = useStore();
  const available = images !== undefined || (served.mnist?.length ?? 0) > 0;
  return (
    <div class="train-controls">
      {training ? (
        <button type="button" class="wide main" onClick={stop}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          class="wide main"
          disabled={!available || busy !== undefined || dead !== undefined}
          onClick={train}
        >
          Train on MNIST
        </button>
      )}
      <label class="field">
        <span>New network</span>
        <select
          value={kind}
          disabled={training}
          onChange={(event) => set({ kind: event.currentTarget.value as NetworkKind })}
        >
          {Object.entries(kinds).map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="field short">
        <span>Epochs</span>
        <input
          type="number"
          min={1}
          max={100}
          value={epochs}
          disabled={training}
          onChange={(event) => {
            const given = Math.round(Number(event.currentTarget.value));
            const next = Math.min(100, Math.max(1, given || 1));
            event.currentTarget.value = String(next);
            set({ epochs: next });
          }}
        />
      </label>
      <FileChoice />
      {network?.savable && !training && (
        <button type="button" class="wide" onClick={save}>
          Save the network
        </button>
      )}
    </div>
  );
}

/** The run so far. */
function Run() {
  const { progress, training, tested } = useStore();
  if (progress === undefined) return null;
  const { epoch, epochs, step, steps, loss, accuracy, imagesPerSecond } = progress;
  const numbers: [string, string, string][] = [
    ["Epoch", `${epoch} of ${epochs}`, "epoch"],
    ["Training loss", loss.toFixed(4), "loss"],
    ["Training accuracy", percent(accuracy), "accuracy"],
    ["Test accuracy", tested === undefined ? "–" : percent(tested), "tested"],
    ["Images a second", counted(Math.round(imagesPerSecond)), "rate"],
  ];
  return (
    <div class="run-so-far">
      <progress max={steps} value={step} aria-label={training ? "Training" : "Trained"} />
      <dl>
        {numbers.map(([title, text, name]) => (
          <div key={name}>
            <dt>{title}</dt>
            <dd data-testid={name}>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function NetworkSource() {
  return (
    <section class="bar source" aria-label="Network">
      <Title />
      <Controls />
      <Run />
    </section>
  );
}
