/** The style sheet of all pages. */

const light = `
  --page: #f6f7f9; --card: #fff; --ink: #1b1f24; --soft: #59626d; --line: #dfe3e8; --grid: #e8ebef;
  --c0: #1668b8; --c1: #c8500a; --c2: #0b8061; --c3: #b04a8c; --c4: #9a6700; --c5: #3b8fc4; --c6: #444b54;
  --good: #0b7a55; --bad: #b3261e;`;
const dark = `
  --page: #101418; --card: #181d23; --ink: #e7eaee; --soft: #9aa5b1; --line: #2d353e; --grid: #262d35;
  --c0: #5aa9f0; --c1: #f0935a; --c2: #3cc79c; --c3: #e08cc0; --c4: #e5b94a; --c5: #8fd0f5; --c6: #b9c2cc;
  --good: #45cfa0; --bad: #ff8a80;`;

const colors = Array.from({ length: 7 }, (_, i) => `.c${i} { --own: var(--c${i}); }`).join(" ");

export const styleSheet = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
main { max-width: 1264px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 36px 0 10px; }
p { margin: 0 0 10px; max-width: 75ch; }
.soft { color: var(--soft); }
.bad { color: var(--bad); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; margin: 0; min-width: 0; }
.chip { display: inline-block; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; font-size: .85rem;
  font-weight: 600; color: var(--soft); vertical-align: 4px; margin-left: 6px; }
.chip.completed { color: var(--good); } .chip.failed { color: var(--bad); } .chip.running { color: var(--c0); }
.numbers { display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0 0; padding: 0; list-style: none; }
.numbers li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 14px; }
.numbers b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.numbers span { color: var(--soft); font-size: .82rem; }
.grid3 { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); align-items: start; }
.chart figcaption { font-weight: 600; margin-bottom: 6px; }
.chart svg, .parallel svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--soft); font-size: 12px; font-family: inherit; }
svg .axis { fill: var(--ink); }
svg .grid { stroke: var(--grid); } svg .base { stroke: var(--soft); }
${colors}
.series path, .key path { fill: none; stroke: var(--own); stroke-width: 1.8; stroke-linejoin: round; }
.series circle { fill: var(--own); }
.d1 path { stroke-dasharray: 6 3; } .d2 path { stroke-dasharray: 2 2.5; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-weight: 400; font-size: .85rem; color: var(--soft); }
.key { display: inline-flex; align-items: center; gap: 6px; min-width: 0; overflow-wrap: anywhere; }
.key svg { width: 22px; height: 8px; flex: none; }
.cursor { stroke: var(--soft); stroke-dasharray: 3 3; }
.readout { font-size: .82rem; color: var(--soft); min-height: 1.4em; font-variant-numeric: tabular-nums; margin: 2px 0 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.confusion td, .nowrap { white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td code, .path { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
.facts { width: 100%; } .facts th { color: var(--soft); font-weight: 400; width: 38%; } .facts td { overflow-wrap: anywhere; }
.different td { font-weight: 600; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; overflow-x: auto; font-size: .85rem; margin: 0 0 10px; }
details { margin: 10px 0 0; } summary { cursor: pointer; color: var(--soft); margin-bottom: 6px; }
.confusion th, .confusion td { padding: 2px 7px; border: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums; }
.confusion thead th { text-align: right; } .confusion .corner { text-align: left; font-weight: 400; }
.confusion th { max-width: 9em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.right { background: color-mix(in srgb, var(--c0) calc(var(--share) * 70%), transparent); }
.wrong { background: color-mix(in srgb, var(--c1) calc(15% + var(--share) * 85%), transparent); }
.matrix { width: min(100%, 520px); image-rendering: pixelated; border: 1px solid var(--line); display: block; }
.samples { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); }
.samples figure { margin: 0; font-size: .82rem; min-width: 0; overflow-wrap: anywhere; }
.samples img { display: block; width: 100%; max-width: 112px; image-rendering: pixelated; border: 1px solid var(--line); border-radius: 4px; background: #000; margin-bottom: 2px; }
.histograms { display: grid; gap: 16px 18px; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
.histogram { margin: 0; font-size: .82rem; min-width: 0; } .histogram svg { display: block; width: 100%; height: auto; }
.histogram figcaption { overflow-wrap: anywhere; color: var(--soft); } .histogram b { color: var(--ink); }
.bars { fill: var(--c0); opacity: .75; } .before { fill: none; stroke: var(--ink); stroke-width: 1.2; opacity: .8; }
.ends { display: flex; justify-content: space-between; color: var(--soft); font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: .62em; background: var(--c0); border-radius: 2px; vertical-align: 0; min-width: 1px; }
.parallel .wide { min-width: 860px; }
.parallel text { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.parallel path { fill: none; stroke-width: 1.6; opacity: .75; } .parallel .best { stroke: var(--c1); stroke-width: 3; opacity: 1; }
footer { margin-top: 40px; color: var(--soft); font-size: .85rem; }
`;
