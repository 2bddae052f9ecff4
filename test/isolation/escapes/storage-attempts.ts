import { type Attempts, type Json, type Makers } from './makers.js';

/** Attempts to use storage beyond the plan, or that of others. */
export function storageEscapes({ pod, claim }: Makers): Attempts {
  const inline = (driver: string): Json => ({
    volumes: [{ name: 'v', csi: { driver, volumeAttributes: { server: '192.0.2.1' } } }],
  });
  return {
    'a StorageClass of another plan': [() => claim({ storageClassName: 'slow' }), () => claim({}), 'StorageClass'],
    'a volume of its choice': [
      () => claim({ volumeName: 'pv-of-another' }),
      () => claim({}),
      'must not select an existing volume',
    ],
    'a StorageClass of another plan through the legacy annotation': [
      () => claim({}, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'slow' } }),
      () => claim({}, { annotations: { note: 'slow' } }),
      'in storageClassName',
    ],
    'a volume of a server of its choice': [
      () => pod(inline('nfs.csi.example')),
      () => pod(inline('secrets.csi.example')),
      'servers that they name',
    ],
  };
}
