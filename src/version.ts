/** The version of the library. package.json and native/binding/version.h say the same (test/structure). */
export const version = "0.1.0";
