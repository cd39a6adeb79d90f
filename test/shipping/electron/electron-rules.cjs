// What Electron does with paths inside of app.asar, for a Node that lacks it: fs reads them from the archive
// (here from its content in archive/), and process.dlopen loads a library from app.asar.unpacked, or from a
// temporary copy if it was not unpacked.
const fs = require("node:fs");
const Module = require("node:module");
const { join, sep } = require("node:path");

const inside = `${join(__dirname, "app.asar")}${sep}`;
const real = (path) =>
  typeof path === "string" && path.startsWith(inside)
    ? join(__dirname, "archive", path.slice(inside.length))
    : path;
const back = (path) =>
  path.startsWith(join(__dirname, "archive") + sep) ? inside + path.slice(__dirname.length + 9) : path;

for (const name of ["existsSync", "statSync", "lstatSync", "openSync", "readFileSync", "realpathSync"]) {
  const original = fs[name];
  fs[name] = Object.assign((path, ...rest) => original(real(path), ...rest), original);
}

const { dlopen } = process;
process.dlopen = (module, path, ...rest) => {
  const unpacked = path.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  return dlopen(module, path === real(path) || fs.existsSync(unpacked) ? unpacked : real(path), ...rest);
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) => {
  const from = parent && {
    ...parent,
    filename: real(parent.filename),
    paths: parent.paths?.map((path) => real(path)),
  };
  return back(resolveFilename(real(request), from, ...rest));
};
