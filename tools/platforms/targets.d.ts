export const targets: Record<string, { system: "linux" | "darwin" | "win32"; arch: "x64" | "arm64" }>;
