export function mayInstall(): boolean;
export function install(...packages: string[]): boolean;
