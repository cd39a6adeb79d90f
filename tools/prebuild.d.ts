export function prebuildName(): string;
export function prebuildPath(): string;
