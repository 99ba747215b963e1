// Runs inside the page: the contrast of every pair of colour roles, on hues and chromas all around. One expression.
(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const probe = document.body.appendChild(document.createElement('i'));
  const luminance = (role) => {
    probe.style.backgroundColor = `var(--${role})`;
    context.fillStyle = getComputedStyle(probe).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
      const c = byte / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pairs = ['text', 'muted'].flatMap((text) =>
    ['bg', 'glow', 'glow-2', 'sheet'].map((ground) => [text, ground, 4.5]),
  );
  pairs.push(['on-accent', 'accent', 4.5], ['warn', 'warn-bg', 4.5], ['text', 'warn-bg', 4.5]);
  pairs.push(['accent', 'bg', 3], ['second', 'bg', 3]);
  const { style } = document.documentElement;
  const found = [];
  for (let hue = 0; hue < 360; hue += 30)
    for (const chroma of ['0', '0.07', '0.14']) {
      style.setProperty('--hue', String(hue));
      style.setProperty('--chroma', chroma);
      for (const [a, b, least] of pairs) {
        const [x, y] = [luminance(a), luminance(b)];
        found.push({
          pair: `${a} on ${b}`,
          hue,
          ratio: (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05),
          least,
        });
      }
    }
  return found;
})();
