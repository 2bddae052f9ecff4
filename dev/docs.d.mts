export function configurationPage(): string;
