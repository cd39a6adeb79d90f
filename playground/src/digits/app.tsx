/** The page "draw a digit". */
import { ThemeButton } from "../page/theme-button.js";
import { Answer } from "./answer.js";
import { start } from "./engine.js";
import { Layers } from "./layers.js";
import { Likeness } from "./likeness.js";
import { Pad } from "./pad.js";
import { NetworkSource } from "./source.js";
import { set, setTheme, useStore } from "./store.js";

function Header() {
  const { theme } = useStore();
  return (
    <header class="top">
      <h1>
        simdgrad <span>playground</span>
      </h1>
      <p>Draw a digit, and look into the network that reads it.</p>
      <span class="spread" />
      <nav aria-label="Pages">
        <a href="./index.html">Networks</a>
      </nav>
      <ThemeButton theme={theme} onChange={setTheme} />
    </header>
  );
}

/** One line for each thing that went wrong; the page goes on. */
function Notices() {
  const { dead, refused } = useStore();
  return (
    <div class="notices" role="status" data-testid="notices">
      {dead !== undefined && (
        <p class="bad">
          {dead}.{" "}
          <button type="button" onClick={start}>
            Start it again
          </button>
        </p>
      )}
      {refused !== undefined && (
        <p class="bad">
          {refused}{" "}
          <button
            type="button"
            class="close"
            aria-label="Close this line"
            onClick={() => set({ refused: undefined })}
          >
            ×
          </button>
        </p>
      )}
    </div>
  );
}

export function App() {
  const { backend, reason } = useStore();
  return (
    <>
      <Header />
      <NetworkSource />
      <main>
        <Notices />
        <div class="digits">
          <Pad />
          <Layers />
          <Answer />
        </div>
        <Likeness />
      </main>
      <footer>
        {backend === "wasm" && "Runs in WebAssembly, with the kernels of the native addon."}
        {backend === "js" && `Runs on the JavaScript core: ${reason}.`}
        {backend === "" && "Starting…"} Nothing leaves this page.
      </footer>
    </>
  );
}
