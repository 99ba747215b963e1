// Entry of the panel: draws the app, opens the live connection, listens to the keyboard, guards what is not saved.
import { render } from 'preact';
import { App } from './app.tsx';
import { listenToKeys } from './keys.ts';
import { askBeforeLeaving } from './state/day.ts';
import { live } from './state/index.ts';
import './style/base.css';
import './style/now.css';
import './style/queue.css';
import './style/sheet.css';
import './style/day.css';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
live.open();
listenToKeys();
askBeforeLeaving();
