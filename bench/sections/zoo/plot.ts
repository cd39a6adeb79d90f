/** Speed relative to the fastest peer, a row for each network: ours, compiled and eager, and every peer. */
import { styles, svgOf } from "../../plot.js";
import type { ZooData } from "../zoo.js";
import { fastestPeer, type NetworkResult } from "./steps.js";

const [WIDTH, ROW, AROUND] = [1040, 34, 150];
/** Left of the points, for the names of the networks. */
const NAMES = 470;

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
  return svgOf(drawing(able), WIDTH, AROUND + ROW * able.length);
}

function drawing(networks: NetworkResult[]): object {
  const text = { color: "#333", fontSize: 13 };
  const there = labels.filter(([name]) => networks.some(({ results }) => results[name] !== undefined));
  const series = there.map(([name, label], i) => {
    const { color, symbol } = looks[labels.findIndex(([other]) => other === name)];
    return {
      ...{ type: "scatter", name: label, symbol, symbolSize: 11, z: there.length - i + 2, animation: false },
      itemStyle: { color },
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
    legend: { top: 14, itemGap: 24, textStyle: text, data: there.map(([, label]) => label) },
    grid: { left: NAMES, right: 30, top: 56, bottom: 62 },
    xAxis: {
      ...{ type: "log", name: "speed relative to the fastest peer (1), higher is better" },
      ...{ nameLocation: "middle", nameGap: 34, nameTextStyle: text, logBase: 2 },
      axisLabel: { ...text, formatter: String },
    },
    yAxis: {
      ...{ type: "category", inverse: true, data: networks.map(({ entry }) => entry.title) },
      ...{ axisLabel: { ...text, fontSize: 12 }, axisTick: { show: false } },
      splitLine: { show: true, lineStyle: { color: "#eee" } },
    },
    series: [{ ...series[0], markLine: even }, ...series.slice(1)],
  };
}
