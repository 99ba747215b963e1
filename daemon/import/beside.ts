// Files that lie beside an audio file and say something of it. Pure.

/** Names of what may lie beside `name`, in the order in which it is believed. */
export function cueNames(name: string): readonly string[] {
  return [`${baseName(name)}.cue`, `${name}.cue`];
}

export function lyricsName(name: string): string {
  return `${baseName(name)}.lrc`;
}

function baseName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
