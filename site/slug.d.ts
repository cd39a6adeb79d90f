/** The id of a heading, as code hosts make it. */
export const slug: (text: string) => string;
