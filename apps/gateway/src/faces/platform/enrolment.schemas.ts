import { JsonObject, MAX_CSR_BYTES, Version, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Timestamp } from './user.schemas';

const Csr = z.string().min(1).max(MAX_CSR_BYTES);

/** `POST /api/v1/agents/register` (seed 002). */
export const EnrolmentBody = z
  .object({
    name: text(200, 1),
    version: Version.default(''),
    capabilities: z.array(Word).max(1000).default([]),
    labels: z.record(Word, text(256)).default({}),
    /** What kind of agent it is to the other faces. */
    type: Word.default('deployment'),
    metadata: JsonObject.default({}),
    max_concurrent_tasks: z.int().min(1).max(10_000).default(1),
    /** PEM of a PKCS#10 request: the key stays with the agent, and none is in the answer. */
    csr: Csr.optional(),
  })
  .meta({
    example: {
      name: 'agent-prod-01',
      version: '1.0.0',
      capabilities: ['docker', 'compose'],
      labels: { datacenter: 'us-east-1', role: 'deployment' },
    },
  });
export class EnrolmentDto extends createZodDto(EnrolmentBody) {}

const Certificate = z.object({
  cert: z.string(),
  /** Only when the request had no `csr`; shown here and never again. */
  key: z.string().optional(),
  ca: z.string(),
  expiresAt: Timestamp,
});

export class EnrolledDto extends createZodDto(
  z.object({
    agentId: z.uuid(),
    /** Lives as long as the certificate, and is renewed with it. */
    token: z.string(),
    config: z.object({
      /** Seconds. */
      heartbeatInterval: z.number(),
      /** Seconds. */
      taskPollInterval: z.number(),
      logLevel: z.string(),
    }),
    certificate: Certificate,
  }),
) {}

/** `POST /api/v1/agents/{id}/certificate` */
export class CertificateRequestDto extends createZodDto(z.object({ csr: Csr })) {}

export const RenewedCertificate = Certificate.omit({ key: true });
export type RenewedCertificate = z.infer<typeof RenewedCertificate>;

export class RenewedDto extends createZodDto(z.object({ token: z.string(), certificate: RenewedCertificate })) {}
