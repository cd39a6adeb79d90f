// Loads the program as the development server of an application with server rendering does.
import { createServer } from "vite";

const server = await createServer({ server: { middlewareMode: true }, appType: "custom", logLevel: "warn" });
await server.ssrLoadModule("/main.mjs");
await server.close();
