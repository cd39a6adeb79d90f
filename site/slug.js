/**
 * The id of a heading, as code hosts make it, so that one link works on both: lower case, spaces become
 * hyphens, and other characters than letters, digits, hyphens and underscores are left out.
 */
export const slug = (text) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replace(/\s/g, "-");
