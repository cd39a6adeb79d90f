import { render } from "preact";
import { App } from "./app.js";
import { start } from "./engine.js";

start();
render(<App />, document.getElementById("app")!);
