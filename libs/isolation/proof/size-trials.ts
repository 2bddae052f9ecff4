import { type PlainObjects } from './plain-objects.js';
import { control, type Question, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

const KIB = 1024;

/** Tests that no object is so large that the tenant could fill the database of the cluster. */
export function sizeTrials(plain: PlainObjects): TrialCheck[] {
  const data = (bytes: number): TriedWrite =>
    plain.make('v1', 'configmaps', 'ConfigMap', { data: { large: 'x'.repeat(bytes) } });
  const workload = (bytes: number): TriedWrite => {
    const env = [{ name: 'LARGE', value: 'x'.repeat(bytes) }];
    return plain.deployment(1, { containers: [plain.container({ env })] });
  };
  const service = (bytes: number): TriedWrite => plain.service({}, { annotations: { large: 'x'.repeat(bytes) } });
  const pairOf = (write: (bytes: number) => TriedWrite, most: number): Question[] => [
    control(write((most / 4) * 3)),
    refused(write(most), { bytes: most }, /must not be larger than/),
  ];
  return [
    trialCheck({ id: 'bound-objects', title: 'Objects of the tenant are small', area: 'quota' }, [
      ...pairOf(data, 512 * KIB),
      ...pairOf(workload, 128 * KIB),
      ...pairOf(service, 32 * KIB),
    ]),
  ];
}
