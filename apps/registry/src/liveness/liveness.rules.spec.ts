import * as fc from 'fast-check';
import { graceMs, isWorse, livenessAfter, nextDeadline, stepsOfSilence, stepsTo } from './liveness.rules';

const interval = fc.double({ min: 0.2, max: 3600, noNaN: true });
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe('the liveness rules', () => {
  it('should degrade after one missed beat and go offline after three', () => {
    expect(livenessAfter(33_000, 30)).toBe('online');
    expect(livenessAfter(33_001, 30)).toBe('degraded');
    expect(livenessAfter(93_000, 30)).toBe('degraded');
    expect(livenessAfter(93_001, 30)).toBe('offline');
  });

  it('should give short intervals at least a quarter of a second of grace', () => {
    expect(graceMs(0.2)).toBe(250);
    expect(livenessAfter(450, 0.2)).toBe('online');
    expect(livenessAfter(451, 0.2)).toBe('degraded');
    expect(livenessAfter(850, 0.2)).toBe('degraded');
    expect(livenessAfter(851, 0.2)).toBe('offline');
  });

  it('should never become more alive by being silent longer', () => {
    fc.assert(
      fc.property(interval, fc.nat(20_000_000), fc.nat(20_000_000), (seconds, silent, more) => {
        expect(isWorse(livenessAfter(silent, seconds), livenessAfter(silent + more, seconds))).toBe(false);
      }),
    );
  });

  it('should set each deadline at the last moment before its transition', () => {
    fc.assert(
      fc.property(interval, time, (seconds, seen) => {
        const degraded = nextDeadline('online', seen, seconds)!;
        expect(livenessAfter(degraded - seen, seconds)).toBe('online');
        expect(livenessAfter(degraded + 1 - seen, seconds)).toBe('degraded');
        const offline = nextDeadline('degraded', seen, seconds)!;
        expect(livenessAfter(offline - seen, seconds)).toBe('degraded');
        expect(livenessAfter(offline + 1 - seen, seconds)).toBe('offline');
        expect(nextDeadline('offline', seen, seconds)).toBeNull();
      }),
    );
  });

  it('should go through every step on the way down', () => {
    expect(stepsTo('online', 'offline')).toEqual(['degraded', 'offline']);
    expect(stepsTo('degraded', 'offline')).toEqual(['offline']);
    expect(stepsTo('offline', 'degraded')).toEqual([]);
    expect(stepsTo('online', 'online')).toEqual([]);
  });

  it('should take nothing worse than what is due for the silence, whatever is asked for', () => {
    expect(stepsOfSilence('online', 'offline', 10_000, 10)).toEqual([]);
    expect(stepsOfSilence('online', 'offline', 12_000, 10)).toEqual(['degraded']);
    expect(stepsOfSilence('online', 'degraded', 60_000, 10)).toEqual(['degraded']);
    expect(stepsOfSilence('online', 'offline', 60_000, 10)).toEqual(['degraded', 'offline']);
    expect(stepsOfSilence('offline', 'offline', 60_000, 10)).toEqual([]);
  });
});
