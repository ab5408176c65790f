import type { Clock } from '@ao/kernel';
import { CLOCK, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { CommandPath } from '../commands/command-path';
import { made } from '../made';
import { RegistrationTokenQueries } from '../projections/registration-tokens/registration-token.queries';
import { CertificatesController } from './platform/certificates.controller';
import { CertificateDesk } from './platform/certificates.desk';
import { EnrolmentController } from './platform/enrolment.controller';
import { RegistrationTokensController } from './platform/registration-tokens.controller';

/** The routes by which deployment agents come in, and stay. */
export const enrolmentControllers = [RegistrationTokensController, EnrolmentController, CertificatesController];

export const enrolmentProviders = [
  made(RegistrationTokenQueries, [POOL], (pool: Pool) => new RegistrationTokenQueries(pool)),
  made(
    CertificateDesk,
    [CommandPath, CLOCK],
    (commands: CommandPath, clock: Clock) => new CertificateDesk(commands, clock),
  ),
];
