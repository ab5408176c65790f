import { Controller, Inject } from '@nestjs/common';
import { openSealed, sealAddress, type DataOf, type ResultOf } from '@ao/contracts';
import { reject, type Rejection } from '@ao/kernel';
import { QueryHandler } from '@ao/messaging';
import { SubjectErasedError, type Sealer } from '@ao/sealing';
import { SEALER } from './tokens';

/** Sealed texts of others: the gateway's answers are opened here, and nowhere else. */
@Controller()
export class SealingHandlers {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  /** A broken text is a defect of whoever keeps it (or of the database), nothing that a caller could mend: it is thrown. */
  @QueryHandler(openSealed)
  async open({ items }: DataOf<typeof openSealed>): Promise<ResultOf<typeof openSealed>> {
    return { texts: await Promise.all(items.map(({ sealed, context }) => this.sealer.open(sealed, context))) };
  }

  /** Refused for somebody who was erased while their request was under way: their address must not outlive them. */
  @QueryHandler(sealAddress)
  async sealAddress({
    subject,
    address,
  }: DataOf<typeof sealAddress>): Promise<ResultOf<typeof sealAddress> | Rejection> {
    try {
      return { sealed: await this.sealer.seal(subject, 'address', address) };
    } catch (error) {
      if (!(error instanceof SubjectErasedError)) throw error;
      return reject('not_found', 'subject_erased', `Expected to seal an address of '${subject}', but it is erased`);
    }
  }
}
