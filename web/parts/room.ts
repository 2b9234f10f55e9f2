import { useEffect, useState } from 'preact/hooks';
import { large } from '../state/preferences.ts';

const narrow = matchMedia('(max-width: 40rem)');

/** Pixels of one `rem`, as the size of the type is now. */
export function useRem(): number {
  const isLarge = large.value;
  const [rem, setRem] = useState(rootSize);
  // Measured again when the type grows.
  useEffect(() => setRem(rootSize()), [isLarge]);
  return rem;
}

function rootSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => {
    const look = (): void => setNarrow(narrow.matches);
    narrow.addEventListener('change', look);
    return () => narrow.removeEventListener('change', look);
  }, []);
  return isNarrow;
}
