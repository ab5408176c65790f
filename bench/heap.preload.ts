/**
 * Loaded into every service of a bench (`node --expose-gc -r`): on SIGUSR2 it collects all garbage and prints what is left,
 * in MB, as a line that the bench's stack reads.
 */
const { gc } = globalThis as { gc?: () => void };

process.on('SIGUSR2', () => {
  gc?.();
  // What the first collection finished off is freed by the second.
  setImmediate(() => {
    gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);
    process.stdout.write(`bench-heap ${JSON.stringify({ heap: mb(heapUsed), buffers: mb(arrayBuffers) })}\n`);
  });
});
