/** Speed relative to the fastest peer, a row for each network: ours, compiled and eager, and every peer. */
import { styles, svgOf } from "../../plot.js";
import type { ZooData } from "../zoo.js";
import { fastestPeer, type NetworkResult } from "./steps.js";

/** Narrow, so that the text stays readable on a telephone: a row has the network's name above its points. */
const [WIDTH, ROW] = [600, 46];
/** Above the rows for a legend of two lines, below them for the axis. */
const [ABOVE, BELOW] = [70, 62];

type Name = keyof NetworkResult["results"];

const labels: [Name, string][] = [
  ["compiled", "simdgrad compiled"],
  ["native", "simdgrad eager"],
  ["pytorch", "PyTorch eager"],
  ["pytorchCompiled", "torch.compile"],
  ["jaxJit", "JAX jit"],
];
const [ours, ...peers] = styles;
/** Ours have one color and two symbols. */
const looks = [ours, { ...ours, symbol: "emptyCircle" }, ...peers];

/** Null without peers, or if the picture cannot be drawn here. */
export async function plotZoo({ networks }: ZooData): Promise<string | null> {
  const able = networks.filter((result) => Number.isFinite(fastestPeer(result)));
  if (able.length === 0) return null;
  return svgOf(drawing(able), WIDTH, ABOVE + ROW * able.length + BELOW);
}

function drawing(networks: NetworkResult[]): object {
  const text = { color: "#333", fontSize: 13 };
  const there = labels.filter(([name]) => networks.some(({ results }) => results[name] !== undefined));
  const series = there.map(([name, label], i) => {
    const { color, symbol } = looks[labels.findIndex(([other]) => other === name)];
    return {
      ...{ type: "scatter", name: label, symbol, symbolSize: 11, z: there.length - i + 2, animation: false },
      itemStyle: { color, opacity: 1 },
      data: networks.flatMap((result, row) => {
        const own = result.results[name];
        return own === undefined ? [] : [[fastestPeer(result) / own.best, row]];
      }),
    };
  });
  const even = {
    ...{ silent: true, symbol: "none", label: { show: false } },
    ...{ lineStyle: { color: "#555", type: "dashed" }, data: [{ xAxis: 1 }] },
  };
  return {
    backgroundColor: "#fff",
    textStyle: { fontFamily: "system-ui, sans-serif" },
    legend: {
      ...{ top: 12, itemGap: 20, itemWidth: 14, itemHeight: 12, textStyle: text },
      data: there.map(([, label]) => label),
    },
    grid: { left: 24, right: 24, top: ABOVE, bottom: BELOW },
    xAxis: {
      ...{ type: "log", name: "speed relative to the fastest peer (1), higher is better" },
      ...{ nameLocation: "middle", nameGap: 34, nameTextStyle: text, logBase: 2 },
      axisLabel: { ...text, formatter: String },
    },
    yAxis: {
      ...{ type: "category", inverse: true, data: networks.map(({ entry }) => entry.title) },
      axisLabel: {
        ...text,
        inside: true,
        margin: 4,
        align: "left",
        verticalAlign: "bottom",
        padding: [0, 0, 9, 0],
        ...{ textBorderColor: "#fff", textBorderWidth: 3 }, // over the line of 1
      },
      ...{ axisTick: { show: false }, z: 10 },
      splitLine: { show: true, lineStyle: { color: "#eee" } },
    },
    series: [{ ...series[0], markLine: even }, ...series.slice(1)],
  };
}
