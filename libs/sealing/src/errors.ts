/** The subject's key was destroyed: nothing can be sealed for it any more. */
export class SubjectErasedError extends Error {
  constructor(readonly subject: string) {
    super(`the key of '${subject}' was destroyed, so nothing can be sealed for it any more`);
    this.name = 'SubjectErasedError';
  }
}

/** The text was not sealed for this subject and context, or was changed since. Says nothing of what it holds. */
export class SealBrokenError extends Error {
  constructor(readonly subject: string) {
    super(`a sealed text of '${subject}' is broken, or was sealed as something else`);
    this.name = 'SealBrokenError';
  }
}

/** The key-encryption keys given are not what the data keys are wrapped under, or cannot be read. Never holds key material. */
export class KeyRingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyRingError';
  }
}
