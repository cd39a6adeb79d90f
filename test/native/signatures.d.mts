export const signatures: Record<string, string>;
