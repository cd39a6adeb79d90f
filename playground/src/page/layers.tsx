/** Training in each layer: the norm of its gradient on a logarithmic scale, and its share of dead units. */
import { useEffect, useRef } from "preact/hooks";
import { onFrame } from "./engine.js";
import { shownRun, useStore } from "./store.js";

/** The ends of the scale of norms, as powers of ten. */
const [least, most] = [-8, 2];

export function Layers() {
  useStore();
  const { settings, id } = shownRun();
  const box = useRef<HTMLTableSectionElement>(null);
  const names = [...settings.hidden.map((_, i) => `hidden ${i + 1}`), "output"];
  useEffect(
    () =>
      onFrame(({ diagnosis, shown }) => {
        if (shown !== id || !diagnosis || !box.current) return;
        for (const [i, { gradient, dead }] of diagnosis.entries()) {
          const row = box.current.children[i];
          if (row === undefined) continue;
          const [bar, norm, share] = ["i", ".norm", ".dead"].map(
            (name) => row.querySelector<HTMLElement>(name)!,
          );
          const size = (Math.log10(gradient) - least) / (most - least);
          bar!.style.width = `${100 * Math.min(1, Math.max(0, Number.isNaN(size) ? 1 : size))}%`;
          norm!.textContent = Number.isFinite(gradient) ? gradient.toExponential(1).replace("-", "−") : "NaN";
          share!.textContent = Number.isNaN(dead) ? "–" : `${Math.round(100 * dead)} %`;
        }
      }),
    [id],
  );
  return (
    <section class="layers" aria-label="Layers">
      <h2>Layers</h2>
      <table>
        <thead>
          <tr>
            <th>layer</th>
            <th colSpan={2}>gradient norm</th>
            <th title="Units with the same output for every training point">dead units</th>
          </tr>
        </thead>
        <tbody ref={box}>
          {names.map((name) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="bar">
                <i />
              </td>
              <td class="norm">–</td>
              <td class="dead">–</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
