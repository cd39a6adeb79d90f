/**
 * The script of all pages: it shows the values of curves under the pointer. Pages say all of this without it.
 */
export const pageScript = `
for (const svg of document.querySelectorAll("svg[data-domain]")) {
  const [x0, x1, y0, y1] = svg.dataset.domain.split(" ").map(Number);
  const [l, r, b, t] = svg.dataset.range.split(" ").map(Number);
  const { scale, x: xName } = svg.dataset;
  const lines = [...svg.querySelectorAll(".series")].map((g) => ({
    name: g.dataset.name,
    points: [...g.querySelector("path").getAttribute("d").matchAll(/(-?[\\d.]+),(-?[\\d.]+)/g)].map((m) => [+m[1], +m[2]]),
  }));
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
  cursor.setAttribute("class", "cursor");
  const readout = document.createElement("p");
  readout.className = "readout";
  readout.textContent = "\\u00a0";
  svg.after(readout);
  const digits = (v) => String(Number(v.toPrecision(3)));
  const valueOf = (y) => {
    const at = (y - b) / (t - b);
    if (scale === "log") return digits(y0 * (y1 / y0) ** at);
    const v = y0 + (y1 - y0) * at;
    return scale === "share" ? digits(100 * v) + " %" : digits(v);
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    let nearest = null;
    const texts = [];
    for (const { name, points } of lines) {
      let best = null;
      for (const p of points) if (best === null || Math.abs(p[0] - x) < Math.abs(best[0] - x)) best = p;
      if (best === null) continue;
      if (nearest === null || Math.abs(best[0] - x) < Math.abs(nearest - x)) nearest = best[0];
      texts.push((lines.length > 1 ? name + " " : "") + valueOf(best[1]));
    }
    if (nearest === null) return;
    cursor.setAttribute("x1", nearest);
    cursor.setAttribute("x2", nearest);
    cursor.setAttribute("y1", t);
    cursor.setAttribute("y2", b);
    if (!cursor.parentNode) svg.prepend(cursor);
    const place = x0 + ((nearest - l) / (r - l)) * (x1 - x0);
    readout.textContent = xName + " " + (place >= 100 ? Math.round(place) : digits(place)) + ": " + texts.join(", ");
  });
  svg.addEventListener("pointerleave", () => {
    cursor.remove();
    readout.textContent = "\\u00a0";
  });
}
`;
