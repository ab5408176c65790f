import type { Limiter } from '../limits/limiter';
import type { Authentication } from './authentication';
import type { AddressOf } from './client-address';
import type { ClientCertificates } from './client-certificates';
import type { Refused } from './refusals';
import type { PrincipalResolver } from './resolver';

/** All that decides who gets in, for HTTP and for sockets alike. */
export interface Door {
  readonly addressOf: AddressOf;
  readonly authentication: Pick<Authentication, 'ready' | 'view' | 'onChange'>;
  readonly resolver: Pick<PrincipalResolver, 'resolve' | 'prove'>;
  /** Absent where nobody can show one. */
  readonly certificates?: Pick<ClientCertificates, 'shownBy'>;
  readonly refused: (refused: Refused) => void;
  readonly limiter?: Limiter;
}

/** The door of the application, which is made after the server: closed until then. */
export class DoorOfApplication {
  private made: Door | undefined;

  open(door: Door): void {
    this.made = door;
  }

  get door(): Door | undefined {
    return this.made;
  }
}
