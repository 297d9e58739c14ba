/** Lets a block pass every interval, empty ones too, so that heights advance. */
export interface Miner {
  /** Milliseconds; 0 pauses. */
  readonly setInterval: (intervalMs: number) => void;
}

export function startMiner(passBlock: () => Promise<unknown>, onFailure: (error: Error) => void): Miner {
  let timer: NodeJS.Timeout | undefined;
  let passing = false;
  const pass = async (): Promise<void> => {
    // A block that takes longer than the interval, as a reorganisation can, is waited for.
    if (passing) return;
    passing = true;
    try {
      await passBlock();
    } catch (error) {
      clearInterval(timer);
      onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      passing = false;
    }
  };
  return {
    setInterval: (intervalMs) => {
      clearInterval(timer);
      timer = intervalMs === 0 ? undefined : setInterval(() => void pass(), intervalMs);
    },
  };
}
