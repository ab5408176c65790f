import { replayMain, type Projection } from '@ao/projections';
import { allProjections } from './projections/all';

/** `npm run replay -- MODEL`: builds a read model anew beside the live one and switches in one transaction. */
void replayMain(allProjections as readonly Projection<never>[], { schema: 'read_models' }).then((code) =>
  process.exit(code),
);
