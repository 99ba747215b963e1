// What follows when somebody says what they think of the music.
import { rule } from './rule.ts';

export const ReweighWhenTasteChanges = rule(
  'ReweighWhenTasteChanges',
  'Each dislike of a song halves how likely it is chosen, from the next choice on; one for good ends that it is chosen.',
)
  .when('Taste.changed', { dislikes: true })
  .thenDo('Director.reweigh', {});

export const RereadTasteWhenLibraryIsRead = rule(
  'RereadTasteWhenLibraryIsRead',
  'When the library is read again, what is liked may sound otherwise: it is worked out anew.',
)
  .when('Director.reload')
  .thenDo('Taste.reread', {});

export const tasteRules = [ReweighWhenTasteChanges, RereadTasteWhenLibraryIsRead];
