/** How long a probe or a scrape waits for one answer, in milliseconds: kubelets and Prometheus seldom wait longer. */
export const PROBE_TIMEOUT_MS = 2_000;
