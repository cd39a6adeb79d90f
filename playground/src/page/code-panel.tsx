/** The code of the experiment, to copy and run. */
import { useRef, useState } from "preact/hooks";
import { pytorchCode } from "../code/pytorch.js";
import { type CodeFacts, epochsShown, typescriptCode } from "../code/typescript.js";
import { Tabs } from "./controls.js";
import { shownRun, state, useStore } from "./store.js";

type Language = "TypeScript" | "PyTorch";

/** What the code depends on beside the settings; undefined until the Worker has said it. */
export function codeFacts(): CodeFacts | undefined {
  const { facts } = shownRun();
  const { plan, backend } = state;
  if (facts === undefined || backend === "") return undefined;
  const { trained, total, outputs, task } = facts;
  return { backend, file: plan, trained, total, outputs, task };
}

const patterns: Record<Language, RegExp> = {
  TypeScript:
    /(\/\/.*|"[^"\n]*"|\b(?:import|from|const|new|for|of|let|if|else|type|await|break)\b|\b\d[\d.e-]*\b)/,
  PyTorch:
    /(#.*|"[^"\n]*"|\b(?:import|from|for|in|if|else|def|with|as|return|lambda|break)\b|\b\d[\d.e-]*\b)/,
};

/** A piece of code as spans, coloured by kind. */
function Colored({ code, language }: { code: string; language: Language }) {
  return (
    <code>
      {code.split(patterns[language]).map((part, i) => {
        if (i % 2 === 0) return part;
        const kind = /^(\/\/|#)/.test(part)
          ? "comment"
          : /^"/.test(part)
            ? "text"
            : /^\d/.test(part)
              ? "number"
              : "word";
        return (
          <span key={i} class={kind}>
            {part}
          </span>
        );
      })}
    </code>
  );
}

export function CodePanel() {
  useStore();
  const { settings } = shownRun();
  const [language, setLanguage] = useState<Language>("TypeScript");
  const [copied, setCopied] = useState("");
  const write = language === "TypeScript" ? typescriptCode : pytorchCode;
  // Until the facts of a new run are here, the code of the last one stays.
  const facts = codeFacts();
  const last = useRef("");
  if (facts !== undefined) last.current = write(settings, facts);
  const code = last.current;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setCopied("Copied");
    } catch {
      setCopied("Not allowed: select the code");
    }
    setTimeout(() => setCopied(""), 2000);
  };
  return (
    <section class="code" aria-label="Code">
      <header>
        <h2>Code</h2>
        <Tabs
          label="Language"
          value={language}
          options={[
            ["TypeScript", "TypeScript"],
            ["PyTorch", "PyTorch"],
          ]}
          onChange={setLanguage}
        />
        <span class="spread" />
        <span class="hint" role="status">
          {copied}
        </span>
        <button type="button" class="quiet" onClick={copy}>
          Copy
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard */}
      <pre tabIndex={0} data-testid="code">
        <Colored code={code} language={language} />
      </pre>
      <p class="hint">
        {language === "TypeScript"
          ? `Run in Node, this program prints the losses of the first ${epochsShown} epochs of this page, to the last bit.`
          : "PyTorch draws other random numbers: the same experiment, other digits."}
      </p>
    </section>
  );
}
