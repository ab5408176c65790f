import type { FastifyInstance } from 'fastify';

/** Milliseconds. */
const LINGER_MS = 1_000;

/**
 * After a body that is too large the connection is closed, and whoever is still sending would meet that instead of the answer.
 * So the answer waits for the end of the body, a second at most, and what comes of it is thrown away (RFC 9112, 9.6).
 */
export function lingerOverLargeBodies(fastify: FastifyInstance): void {
  fastify.addHook('onError', ({ raw }, _reply, { statusCode }, done) => {
    if (statusCode !== 413 || raw.readableEnded || raw.destroyed) {
      done();
      return;
    }
    const answer = () => {
      clearTimeout(timer);
      raw.off('end', answer).off('close', answer);
      done();
    };
    const timer = setTimeout(answer, LINGER_MS);
    raw.once('end', answer).once('close', answer).resume();
  });
}
