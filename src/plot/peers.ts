import { SimdgradError } from "../errors.js";

/** The part of Apache ECharts that is used here. */
interface ECharts {
  init(
    dom: null,
    theme: null,
    options: { renderer: "svg"; ssr: true; width: number; height: number },
  ): {
    setOption(option: object): void;
    renderToSVGString(): string;
    dispose(): void;
  };
}

/** The part of resvg that is used here. */
interface Resvg {
  Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

/** Draws SVG. @throws SimdgradError `PLOT_UNAVAILABLE` when echarts is not installed. */
export const loadECharts = (op: string) => load(op, "echarts", () => import("echarts") as Promise<unknown>);

/** Turns SVG into PNG. @throws SimdgradError `PLOT_UNAVAILABLE` when resvg is not installed. */
export const loadResvg = (op: string) =>
  load(op, "@resvg/resvg-js", () => import("@resvg/resvg-js") as Promise<unknown>);

interface Peers {
  echarts: ECharts;
  "@resvg/resvg-js": Resvg;
}

async function load<Name extends keyof Peers>(
  op: string,
  name: Name,
  open: () => Promise<unknown>,
): Promise<Peers[Name]> {
  try {
    return (await open()) as Peers[Name];
  } catch (cause) {
    const purpose = name === "echarts" ? "pictures" : "PNG pictures";
    throw new SimdgradError(
      "PLOT_UNAVAILABLE",
      `${op}: ${purpose} need a package that cannot be loaded: npm install ${name}`,
      { cause },
    );
  }
}
