/** Numbers as pages show them. */
import { format } from "d3-format";

const thousands = format("~s");

/** For axes and tables: `0.25`, `1e-5`, `12k`. */
export function short(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e15 || size < 1e-4) return exponent(x.toExponential(Math.min(2, digits - 1)));
  if (size >= 1e4) return thousands(Number(x.toPrecision(digits)));
  return String(Number(x.toPrecision(digits)));
}

/** `1.20e-5` without needless zeros. */
const exponent = (text: string) => text.replace(/\.?0*e\+?/, "e");

export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : String(share);

export const count = (n: number): string =>
  Number.isFinite(n) ? Math.round(n).toLocaleString("en-US") : "not known";

/** 4.2 s, 12:30, 1:02:03. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "not known";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const pad = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${pad(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

/** `2026-01-31 12:00 UTC` of a date in ISO 8601. */
export const date = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

export const shape = (sizes: readonly number[]): string => `[${sizes.join(", ")}]`;
