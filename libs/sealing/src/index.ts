export type { Sealer } from './sealer';
