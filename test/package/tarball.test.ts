import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, test } from "vitest";
import { sources } from "../structure/imports.js";
import { elfNeeds, newer } from "./elf.js";
import { filesIn, packed, root, run } from "./pack.js";

const tarball = packed();
const files = filesIn(tarball);
const manifest = JSON.parse(files.get("package.json")!.toString());

/** Every file of the package fits one of these. */
const allowed = [
  /^dist\/.+\.js$/,
  /^dist\/([a-z]+|kernels\/js|train\/report)?\/?(index|backend)\.(cjs|d\.cts)$/,
  /^wasm\/simdgrad\.wasm$/,
  /^dist\/parts\/[a-z-]+\.cjs$/,
  /^dist\/.+\.d\.ts$/,
  /^data\/iris\.csv$/,
  /^dist\/(cli\/|playground\/)?THIRD_PARTY_LICENSES\.txt$/,
  /^dist\/playground\/((index|digits)(\.html|-worker\.js)|files\.json|icon\.svg|assets\/[\w-]+\.(js|css))$/,
  /^wasm\/simdgrad\.wasm$/,
  /^prebuilds\/[a-z0-9]+-[a-z0-9]+(-musl)?\/simdgrad\.node$/,
  /^wasm\/simdgrad\.wasm$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md)$/,
  /^docs\/([\w-]+\.md|figures\/getting-started\.svg)$/,
];

/**
 * The addon for the kind of machine that releases are made on. Elsewhere, or without a compiler, there is
 * nothing to check.
 */
const addonPath = "prebuilds/linux-x64/simdgrad.node";
const compiler = ["c++", "g++", "clang++"].some((name) => spawnSync(name, ["--version"]).status === 0);
const expected = process.platform === "linux" && process.arch === "x64" && compiler;

describe("the tarball", () => {
  test("holds what it should and nothing else", () => {
    const paths = [...files.keys()];
    expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        "package.json",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/THIRD_PARTY_LICENSES.txt",
      ]),
    );
  });

  test("holds the declarations of every source, and of no source that is gone; the code is bundled", () => {
    const expected = [...sources(["src"], /\.ts$/).keys()]
      .filter((path) => !/^src\/(cli|browser)\//.test(path))
      .map((path) => path.replace(/^src/, "dist").replace(/\.ts$/, ".d.ts"));
    const built = [...files.keys()].filter((path) => path.startsWith("dist/"));
    expect(built.filter((path) => path.endsWith(".d.ts")).sort()).toEqual(expected.sort());
    const code = built.filter((path) => path.endsWith(".js") && !/^dist\/(browser|playground)\//.test(path));
    expect(code.sort()).toEqual([
      "dist/cli/main.js",
      "dist/data/index.js",
      "dist/distributed/index.js",
      "dist/index.js",
      "dist/io/index.js",
      "dist/kernels/backend.js",
      "dist/kernels/js/index.js",
      "dist/nn/index.js",
      "dist/optim/index.js",
      "dist/plot/index.js",
      "dist/train/index.js",
      "dist/train/report/index.js",
    ]);
  });

  test("holds what README links to, or the link names a host", () => {
    const links = [
      ...files
        .get("README.md")!
        .toString()
        .matchAll(/\]\(([^)#\s]+)[^)]*\)/g),
    ].map(([, to]) => to);
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter((to) => !/^https:\/\//.test(to) && !files.has(to))).toEqual([]);
  });

  test("keeps the names of classes, which errors and printed models show", async () => {
    // A bundler renames what collides or refers to itself.
    const library: object = await import(pathToFileURL(join(root, "dist/index.js")).href);
    const renamed: string[] = [];
    const visit = (space: object, path: string) => {
      for (const [key, value] of Object.entries(space))
        if (typeof value === "function" && /^[A-Z]/.test(key)) {
          if (value.name !== key) renamed.push(`${path}${key} is called ${value.name}`);
        } else if (typeof value === "object" && value !== null) visit(value, `${path}${key}.`);
    };
    visit(library, "");
    expect(renamed).toEqual([]);
  });

  test("brings the licence of what is bundled", () => {
    const notices = files.get("dist/THIRD_PARTY_LICENSES.txt")!.toString();
    expect(notices).toMatch(/^csv-parse \d+\.\d+\.\d+ \(MIT\)\n\n/m);
    // Charts and event files of reports.
    for (const name of ["d3-array", "d3-scale", "d3-shape"])
      expect(notices).toMatch(new RegExp(`^${name} [\\d.]+ \\(ISC\\)$`, "m"));
    expect(notices).toMatch(/^pbf [\d.]+ \(BSD-3-Clause\)$/m);
    expect(notices).toContain("Permission is hereby granted");
  });

  test("imports nothing but Node and itself", () => {
    const statement =
      /^\s*(?:import|export)\b[^;"'`]*?from\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\brequire\("([^"]+)"\)/gm;
    const outside = [...files]
      .filter(([path]) => /\.c?js$/.test(path))
      .flatMap(([path, bytes]) =>
        [...bytes.toString().matchAll(statement)].map((match) => ({
          path,
          specifier: (match[1] ?? match[2] ?? match[3])!,
        })),
      )
      .filter(({ specifier }) => !/^(node:|\.)/.test(specifier));
    expect(outside).toEqual([]);
  });

  test("has documents whose links lead somewhere", () => {
    const links = [...files].flatMap(([page, bytes]) =>
      page.endsWith(".md")
        ? [...bytes.toString().matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)].map(([, to]) => ({ page, to }))
        : [],
    );
    const inside = links.filter(({ to }) => !/^[a-z]+:/.test(to));
    expect(inside.length).toBeGreaterThan(100);
    expect(inside.filter(({ page, to }) => !files.has(posix.join(posix.dirname(page), to)))).toEqual([]);
    // The others are on the site and in the repository, which are made of this tree.
    const site = links.filter(({ to }) => to.startsWith(manifest.homepage) && !to.includes("/blob/"));
    expect(site.length).toBeGreaterThan(20);
    const source = (to: string) =>
      `docs/${to
        .slice(manifest.homepage.length)
        .replace(/(^|\/)$/, "$1README.html")
        .replace(/html$/, "md")}`;
    const lost = site.filter(
      ({ to }) => !to.endsWith("playground/index.html") && !existsSync(join(root, source(to))),
    );
    expect(lost).toEqual([]);
    const repository = links.flatMap(({ to }) => /\/blob\/main\/(.+)/.exec(to)?.[1] ?? []);
    expect(repository.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("is small: a download that nobody notices", () => {
    // Each addon is 1.9 to 4.6 MB, 0.7 to 1.2 MB of them packed: every kernel for one to three instruction
    // sets. The code is 3.9 MB: for Node, and as a module for each source for browsers. The documents are
    // 0.36 MB, 0.12 MB of them packed.
    const addons = [...files.keys()].filter((path) => path.endsWith(".node")).length;
    // The WebAssembly module is 1 MB, 0.24 MB of them packed.
    const modules = files.has("wasm/simdgrad.wasm") ? 1 : 0;
    // The playground, with a second copy of what it uses of the library: 0.21 MB packed, 0.7 MB unpacked.
    const pages = { packed: 0.22, unpacked: 0.75 };
    expect(statSync(tarball).size).toBeLessThan(
      Math.min(7, 1.6 + pages.packed + 1.05 * addons + 0.25 * modules) * 2 ** 20,
    );
    // csv-parse, bundled, is 53 KB of it; the declarations of all methods with their doc comments are 150 KB.
    expect([...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(
      (4.2 + pages.unpacked + 4.5 * addons + 0.7 * modules) * 2 ** 20,
    );
  });

  test("says nothing of the machine it was built on", () => {
    const traces = [root.replace(/\/$/, ""), "/tmp/"].map((path) => Buffer.from(path));
    const found = [...files].filter(([, bytes]) => traces.some((trace) => bytes.includes(trace)));
    expect(found.map(([path]) => path)).toEqual([]);
  });
});

describe("package.json", () => {
  test("runs nothing when it is installed", () => {
    const lifecycle =
      /^(pre|post)?(install|uninstall|publish|pack|prepare|rebuild|version|shrinkwrap)$|^(prepublishOnly|dependencies)$/;
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => lifecycle.test(name))).toEqual([]);
    expect(manifest.gypfile).toBe(false);
    expect([...files.keys()]).not.toContain("binding.gyp");
  });

  test("installs nothing else", () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.optionalDependencies ?? {}).toEqual({});
    expect(manifest.bundleDependencies ?? []).toEqual([]);
  });

  test("puts types first, and every file it names is there", () => {
    const entry = manifest.exports["."];
    expect(Object.keys(entry)).toEqual(["import", "require"]);
    expect(Object.keys(entry.import)).toEqual(["types", "browser", "default"]);
    expect(Object.keys(entry.require)).toEqual(["types", "default"]);
    const named = Object.values<Record<string, string>>(entry).flatMap((kind) => Object.values(kind));
    for (const path of [...named, ...Object.values<string>(manifest.bin)])
      expect([...files.keys()]).toContain(path.replace(/^\.\//, ""));
    expect(manifest.engines.node).toBe(">=20.19");
  });

  test("pins what development needs", () => {
    const ranges = Object.entries<string>(manifest.devDependencies).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(ranges).toEqual([]);
  });

  test("publint has nothing to say", async () => {
    const bytes = new Uint8Array(readFileSync(tarball));
    const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
    // The module of WebAssembly is not built everywhere; `npm run package` refuses to pack without it.
    const missing = files.has("wasm/simdgrad.wasm") ? undefined : /simdgrad\.wasm.* does not exist/;
    expect(
      messages
        .map((message) => formatMessage(message, pkg as Record<string, unknown>, { color: false }))
        .filter((text) => !missing?.test(text ?? "")),
    ).toEqual([]);
  });

  test("what a program loads is ASCII, which V8 stores and compiles faster", () => {
    const loaded = [...files].filter(([path]) => /^dist\/(index\.js|index\.cjs|parts\/.*\.cjs)$/.test(path));
    expect(loaded.length).toBeGreaterThan(15);
    for (const [path, bytes] of loaded)
      expect(
        bytes.every((byte) => byte < 128),
        path,
      ).toBe(true);
  });

  test("its types are right for every kind of importer", () => {
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const args = [
      attw,
      tarball,
      "--profile",
      "esm-only",
      "--exclude-entrypoints",
      "./simdgrad.wasm",
      "--no-color",
      "--no-emoji",
      "--format",
      "ascii",
    ];
    const { status, stdout, stderr } = run(root, process.execPath, args);
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/"simdgrad"\s+node16 \(from ESM\): OK \(ESM\)\s+bundler: OK/);
  });
});

describe.runIf(expected || files.has(addonPath))("the prebuilt addon", () => {
  const addon = files.get(addonPath) ?? Buffer.alloc(0);

  test("is built from these sources", () => {
    const hash = execFileSync(process.execPath, ["tools/build-native.js", "--hash"], {
      cwd: root,
      encoding: "utf8",
    }).trim();
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(addon.includes(hash), "prebuilds/ is older than native/: npm run build:native").toBe(true);
  });

  // Node 20 itself needs glibc 2.28; 2.17 is that of the oldest system anybody still runs it on.
  test("runs on glibc 2.17 and later, and brings its C++ library along", () => {
    const { libraries, versions } = elfNeeds(addon);
    expect(
      libraries.filter((name) => !/^(libc|libm|libpthread|libdl|ld-linux-x86-64)\.so\.\d$/.test(name)),
    ).toEqual([]);
    const all = Object.values(versions).flat();
    expect(all).toContain("GLIBC_2.2.5");
    expect(
      all.filter((version) => !/^GLIBC_[\d.]+$/.test(version) || newer(version.slice(6), "2.17")),
    ).toEqual([]);
  });

  test("the reader of ELF files sees what Node needs", () => {
    const { libraries, versions } = elfNeeds(readFileSync(process.execPath));
    expect(libraries).toContain("libc.so.6");
    expect(versions["libc.so.6"]!.length).toBeGreaterThan(3);
    expect([
      newer("2.28", "2.17"),
      newer("2.2.5", "2.17"),
      newer("2.17", "2.17"),
      newer("2.17.1", "2.17"),
    ]).toEqual([true, false, false, true]);
  });
});
