// The control file of the package. Pure.
export const MAINTAINER = 'The Segue authors <segue@packages.invalid>';

export function controlOf({ version, arch, kib, depends }) {
  return `Package: segue
Version: ${version}
Architecture: ${arch}
Maintainer: ${MAINTAINER}
Installed-Size: ${kib}
Depends: ${depends.join(', ')}
Section: sound
Priority: optional
Description: radio station from a folder of music
 Segue picks what plays next by the time of day, does not repeat a song or an
 artist too soon, blends each piece into the next to the exact frame, and can
 say why it played what it played.
 .
 It is one daemon with an audio core of its own, a web panel, a command line
 and an HTTP API, made for a small machine that is always on.
`;
}
