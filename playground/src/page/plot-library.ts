/** What draws curves: a file of its own, which chart.tsx loads late. */
export { default as uPlot } from "uplot";
