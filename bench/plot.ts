/** Pictures as SVG, and the one of the matrix products: GFLOP/s over size, ours, peers and the limit. */
import { pathToFileURL } from "node:url";
import { benchRequire } from "./places.js";
import type { GemmData, Product } from "./sections/gemm.js";
import { flops } from "./sections/shapes.js";

// Distinguishable in grey and by the colour-blind: Okabe and Ito's colours, other symbols, ours thicker.
export const styles = [
  { color: "#d55e00", symbol: "circle", width: 3 },
  { color: "#0072b2", symbol: "triangle", width: 1.5 },
  { color: "#009e73", symbol: "rect", width: 1.5 },
  { color: "#cc79a7", symbol: "diamond", width: 1.5 },
];
const LIMIT = "FMA peak";

/** Colours of the drawings (echarts adds greys of its own) and what replaces them on a dark page. */
const inTheDark: Record<string, readonly string[]> = {
  "#0d1117": ["#fff"],
  "#e6edf3": ["#333", "#000"],
  "#30363d": ["#eee", "#dbdee4"],
  "#8b949e": ["#555", "#54555a", "#3c3c41", "#b7b9be"],
  "#56b4e9": ["#0072b2"],
};

/** The picture follows the reader's colour scheme; rules of a style sheet go before attributes. */
export function withDarkScheme(svg: string): string {
  const rules = Object.entries(inTheDark).flatMap(([dark, colors]) =>
    ["fill", "stroke"].map(
      (kind) => `${colors.map((color) => `[${kind}="${color}"]`).join(",")}{${kind}:${dark}}`,
    ),
  );
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join("")}}</style>`;
  return svg.replace(/^<svg[^>]*>/, (opening) => `${opening}\n${style}`);
}

/** Null, and one line that says so, when echarts is not installed (npm install --prefix bench). */
export async function svgOf(drawing: object, width: number, height: number): Promise<string | null> {
  let echarts: any;
  try {
    echarts = await import(pathToFileURL(benchRequire.resolve("echarts")).href);
    echarts = echarts.init ? echarts : echarts.default;
  } catch {
    console.error("bench: no plot, echarts is not installed (npm install --prefix bench)");
    return null;
  }
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption(drawing);
  const svg: string = chart.renderToSVGString();
  chart.dispose();
  return withDarkScheme(svg);
}

export function plotGemm({ products: { squares }, peaks }: GemmData): Promise<string | null> {
  return svgOf(drawing(squares, peaks, Object.keys(peaks).map(Number)), 1040, 460);
}

/** One panel for each number of threads. */
function drawing(squares: Product[], peaks: Record<number, number>, counts: number[]): object {
  const names = squares[0].libraries.map(({ name }) => name);
  const sizes = [...new Set(squares.map(({ shape }) => shape.m))];
  const side = 100 / counts.length;
  const text = { color: "#333", fontSize: 13 };
  const axisName = { nameLocation: "middle", nameTextStyle: text };
  const panel = (index: number) => ({
    left: `${index * side + 6}%`,
    width: `${side - 8}%`,
    top: 84,
    bottom: 62,
  });
  const series = counts.flatMap((threads, i) => {
    const points = squares.filter((product) => product.threads === threads);
    const onPanel = { type: "line", xAxisIndex: i, yAxisIndex: i, animation: false };
    const lines = names.map((name, n) => {
      const { color, symbol, width } = styles[n % styles.length];
      return {
        ...{ ...onPanel, name, symbol, symbolSize: 7, z: names.length - n + 2 },
        ...{ itemStyle: { color }, lineStyle: { color, width } },
        data: points.map(({ shape, libraries }) => [shape.m, flops(shape) / libraries[n].best / 1e3]),
      };
    });
    const limit = {
      ...{ ...onPanel, name: LIMIT, symbol: "none" },
      ...{ itemStyle: { color: "#555" }, lineStyle: { color: "#555", type: "dashed", width: 1.5 } },
      data: [sizes[0], sizes[sizes.length - 1]].map((size) => [size, peaks[threads]]),
    };
    return Number.isFinite(peaks[threads]) ? [...lines, limit] : lines;
  });
  return {
    backgroundColor: "#fff",
    textStyle: { fontFamily: "system-ui, sans-serif" },
    title: counts.map((threads, i) => ({
      text: threads === 1 ? "1 thread" : `${threads} threads`,
      left: `${i * side + 6 + (side - 8) / 2}%`,
      ...{ top: 48, textAlign: "center", textStyle: { ...text, fontSize: 15 } },
    })),
    legend: {
      top: 12,
      itemGap: 24,
      textStyle: text,
      data: [...names, { name: LIMIT, icon: "path://M0,0 L24,0 L24,1.5 L0,1.5 Z" }],
    },
    grid: counts.map((_, i) => panel(i)),
    xAxis: counts.map((_, i) => ({
      ...{ gridIndex: i, type: "log", logBase: 2, min: sizes[0], max: sizes[sizes.length - 1] },
      ...{
        ...axisName,
        name: "n, of C = A·B with n × n matrices",
        nameGap: 34,
        axisLabel: { ...text, formatter: String },
      },
      splitLine: { show: false },
    })),
    yAxis: counts.map((threads, i) => ({
      ...{ gridIndex: i, type: "value", min: 0, ...axisName, name: "GFLOP/s", nameGap: 40, axisLabel: text },
      max: Number.isFinite(peaks[threads]) ? Math.ceil((peaks[threads] * 1.08) / 20) * 20 : undefined,
    })),
    series,
  };
}
