/** Which deliveries are in hand, by their targets. */
export class Taken {
  private readonly byTarget = new Map<string, Set<string>>();

  add(targetId: string, deliveryId: string): void {
    const ids = this.byTarget.get(targetId);
    if (ids) ids.add(deliveryId);
    else this.byTarget.set(targetId, new Set([deliveryId]));
  }

  delete(targetId: string, deliveryId: string): void {
    const ids = this.byTarget.get(targetId);
    ids?.delete(deliveryId);
    if (ids?.size === 0) this.byTarget.delete(targetId);
  }

  of(targetIds: readonly string[]): string[] {
    return targetIds.flatMap((id) => [...(this.byTarget.get(id) ?? [])]);
  }
}
