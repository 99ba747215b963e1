// `npm run vocabulary`: writes the shapes of the vocabulary anew, after a change in sync/vocabulary.
import { writeFileSync } from 'node:fs';
import { generatedPath, generatedText, readShapes } from './vocabulary-shapes.ts';

writeFileSync(generatedPath, generatedText(readShapes()));
console.log(`${generatedPath} is written.`);
