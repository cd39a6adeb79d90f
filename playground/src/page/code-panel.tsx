/** The code of the experiment, to copy and run. */
import { useState } from "preact/hooks";
import { pytorchCode } from "../code/pytorch.js";
import { type CodeFacts, epochsShown, typescriptCode } from "../code/typescript.js";
import { shownRun, state, useStore } from "./store.js";

type Language = "TypeScript" | "PyTorch";

/** What the code depends on beside the settings, as far as it is known. */
export function codeFacts(): CodeFacts {
  const { facts } = shownRun();
  const { plan, backend } = state;
  return {
    ...{ backend, file: plan, trained: facts?.trained ?? 0, total: facts?.total ?? 0 },
    ...{ outputs: facts?.outputs ?? 1, task: facts?.task ?? "binary" },
  };
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
  const code = write(settings, codeFacts());
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
        <div class="tabs" role="radiogroup" aria-label="Language">
          {(["TypeScript", "PyTorch"] as const).map((name) => (
            <button
              key={name}
              type="button"
              role="radio"
              aria-checked={language === name}
              onClick={() => setLanguage(name)}
            >
              {name}
            </button>
          ))}
        </div>
        <span class="spread" />
        <span class="hint" role="status">
          {copied}
        </span>
        <button type="button" class="quiet" onClick={copy}>
          Copy
        </button>
      </header>
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
