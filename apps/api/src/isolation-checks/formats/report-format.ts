export const reportFormats = ['json', 'junit', 'sarif', 'html'] as const;

export type ReportFormat = (typeof reportFormats)[number];
