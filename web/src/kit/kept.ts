/** Small preferences in this browser. A browser that refuses storage only forgets them. */

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`xiaoer.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`xiaoer.${name}`, value);
  } catch {
    // Private windows may refuse.
  }
}
