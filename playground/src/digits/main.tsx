import { render } from "preact";
import { App } from "./app.js";
import { findServed, start } from "./engine.js";

start();
void findServed();
render(<App />, document.getElementById("app")!);
