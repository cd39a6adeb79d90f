/** Runs once before the tests in browsers, which run side by side: apt-get cannot. */
export { installBrowsers as default } from "../../tools/browsers.js";
