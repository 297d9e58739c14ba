/** Lets a block pass every interval, empty ones too, so that heights advance. */
export interface Miner {
  /** Milliseconds; 0 pauses. */
  readonly setInterval: (intervalMs: number) => void;
}

export function startMiner(passBlock: () => void, onFailure: (error: Error) => void): Miner {
  let timer: NodeJS.Timeout | undefined;
  const pass = (): void => {
    try {
      passBlock();
    } catch (error) {
      clearInterval(timer);
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    setInterval: (intervalMs) => {
      clearInterval(timer);
      timer = intervalMs === 0 ? undefined : setInterval(pass, intervalMs);
    },
  };
}
