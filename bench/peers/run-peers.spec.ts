import { choosePeers } from './run-peers';

describe('BENCH_PEERS', () => {
  it('should leave the peers out, and not install them, for none', () => {
    expect(choosePeers('none')).toEqual([]);
  });

  it('rejects a word that is no peer before anything is installed or started', () => {
    expect(() => choosePeers('pg-boss,kafka')).toThrow(
      "BENCH_PEERS knows pg-boss, graphile-worker, dbos, bullmq and none, not 'kafka'",
    );
  });
});
