// Icons, drawn on a 24 x 24 grid in the colour of their text. Decorative: the control that holds one has the label.
import type { JSX } from 'preact';

function icon(children: JSX.Element, isFilled = false) {
  return function Icon() {
    return (
      <svg class={isFilled ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {children}
      </svg>
    );
  };
}

export const Play = icon(
  <path d="M8.2 5.3v13.4a.8.8 0 0 0 1.22.68l10.9-6.7a.8.8 0 0 0 0-1.36L9.42 4.62a.8.8 0 0 0-1.22.68Z" />,
  true,
);
export const Pause = icon(
  <>
    <rect x="6.5" y="5" width="4" height="14" rx="1.2" />
    <rect x="13.5" y="5" width="4" height="14" rx="1.2" />
  </>,
  true,
);
export const Skip = icon(
  <>
    <path d="M5 5.9v12.2a.8.8 0 0 0 1.25.66l8.9-6.1a.8.8 0 0 0 0-1.32l-8.9-6.1A.8.8 0 0 0 5 5.9Z" />
    <rect x="16.6" y="5" width="2.6" height="14" rx="1.1" />
  </>,
  true,
);
export const Quiet = icon(<path d="M4 9.6v4.8h3.2L12 18.6V5.4L7.2 9.6H4Z" />);
export const Loud = icon(
  <path d="M3 9.6v4.8h3.2L11 18.6V5.4L6.2 9.6H3Zm12-1.1a5 5 0 0 1 0 7m2.8-9.8a9 9 0 0 1 0 12.6" />,
);
export const Moon = icon(<path d="M19.5 14.6A8 8 0 0 1 9.4 4.5a8 8 0 1 0 10.1 10.1Z" />);
export const Bell = icon(<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5Zm4 4h4" />);
export const Search = icon(
  <path d="M10.8 17.1a6.3 6.3 0 1 0 0-12.6 6.3 6.3 0 0 0 0 12.6Zm4.6-1.7 4.6 4.6" />,
);
export const Close = icon(<path d="m6.5 6.5 11 11m0-11-11 11" />);
export const Check = icon(<path d="m5.5 12.5 4.3 4.300 8.700-9.300" />);
export const Up = icon(<path d="m6 14.5 6-6 6 6" />);
export const Down = icon(<path d="m6 9.5 6 6 6-6" />);
export const Question = icon(
  <path d="M9 9.2a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.2m0 2.9v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z" />,
);
export const Like = icon(
  <path d="M12 19.6C7 16 4 13 4 9.6A4.1 4.1 0 0 1 8.1 5.4c1.6 0 3 .8 3.9 2.2.9-1.4 2.3-2.2 3.9-2.2A4.1 4.1 0 0 1 20 9.6c0 3.4-3 6.4-8 10Z" />,
);
export const Dislike = icon(
  <path d="M12 19.6C7 16 4 13 4 9.6A4.1 4.1 0 0 1 8.1 5.4c1 0 1.9.3 2.7.900L9.5 9.8l3.8 2.4-2 3.3.700 4.1m1.8-13.2a3.9 3.9 0 0 1 2.1-1A4.1 4.1 0 0 1 20 9.6c0 3.4-3 6.4-8 10" />,
);
export const Plus = icon(<path d="M12 5.5v13M5.5 12h13" />);
export const PlayNext = icon(<path d="M4 6.5h10M4 12h10M4 17.5h6M15.5 14v6l5-3-5-3Z" />);
export const Grip = icon(<path d="M9 7v.01M15 7v.01M9 12v.01M15 12v.01M9 17v.01M15 17v.01" />);
export const Person = icon(
  <path d="M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4Zm-7 8.4a7 7 0 0 1 14 0" />,
);
