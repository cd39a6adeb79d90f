export default { ssr: { noExternal: true, target: "node" } };
