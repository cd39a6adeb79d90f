// Escapes characters that are not ASCII: V8 then stores the text with one byte per character, not two, and
// compiles the core in 11.5 ms instead of 13.3.

/** `code`: of JavaScript. */
export const inAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
