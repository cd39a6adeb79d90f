// Writes the reference: a Markdown page for each exported name, by TypeDoc from the doc comments.
import { fileURLToPath } from "node:url";
import { Application, Converter, OptionDefaults, ReflectionKind } from "typedoc";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The entries of the package, as `exports` of package.json names them; the first one is `simdgrad`. */
const entries = ["", "data", "io", "nn", "optim", "train", "plot", "distributed"];

export async function writeReference(folder) {
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: entries.map((name) => `${root}src/${name === "" ? "" : `${name}/`}index.ts`),
    tsconfig: `${root}tsconfig.build.json`,
    outputs: [{ name: "markdown", path: folder }],
    navigationJson: `${folder}/navigation.json`,
    blockTags: [...OptionDefaults.blockTags, "@forms"],
    readme: "none",
    name: "API",
    entryFileName: "index.md",
    hidePageHeader: true,
    useCodeBlocks: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    expandParameters: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    enumMembersFormat: "table",
    validation: { notExported: false, invalidLink: true },
    logLevel: "Warn",
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => withoutInherited(project));
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc: the sources do not compile");
  await app.generateOutputs(project);
}

/** A class shows its own members and links to its base class for the others. */
function withoutInherited(project) {
  for (const owner of project.getReflectionsByKind(ReflectionKind.ClassOrInterface))
    for (const member of [...(owner.children ?? [])])
      if (member.inheritedFrom !== undefined && member.kind !== ReflectionKind.Constructor)
        project.removeReflection(member);
}
