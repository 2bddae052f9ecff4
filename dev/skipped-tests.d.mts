/** A report of vitest's JSON reporter; tests have what is missing in `meta.missing`. */
interface TestReport {
  testResults: {
    name: string;
    assertionResults: {
      status: string;
      title: string;
      ancestorTitles: string[];
      meta?: { missing?: { reason: string; remedy: string } };
    }[];
  }[];
}

/** Returns the lines of a list of all skipped tests, by what is missing; none if no test was skipped. */
export function listOfSkipped(report: TestReport | undefined): string[];
