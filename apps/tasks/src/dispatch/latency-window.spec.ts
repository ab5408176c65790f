import { LatencyWindow } from './latency-window';

describe('the latency window', () => {
  it('should know nothing at first', () => {
    expect(new LatencyWindow().percentiles()).toBeNull();
  });

  it('should forget what is older than its size', () => {
    const window = new LatencyWindow(100);
    for (let value = 1_000; value > 0; value -= 1) window.observe(value);
    expect(window.percentiles()).toEqual({ p50: 51, p99: 100 });
  });
});
