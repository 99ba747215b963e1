// Catalogue: finds or makes the songs, artists, albums and images that a file names. Prepared statements;
// main thread, inside the caller's transaction.
import type { AlbumId, SongId } from '../../../sync/vocabulary/common.ts';
import type { ImportedFile } from '../../../sync/vocabulary/library.ts';
import type { Db } from '../../ports.ts';
import { albumKey, artistsOf, songKey, titleOf } from './identity.ts';

export interface Catalogue {
  song(file: ImportedFile): SongId;
  album(file: ImportedFile, image: number | null): AlbumId | null;
  image(artFile: string | null): number | null;
  /** Makes the characteristics of a flavor known, with their labels. */
  characteristics(flavor: NonNullable<ImportedFile['flavor']>): void;
}

const MIME_BY_EXTENSION: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

export function createCatalogue(db: Db): Catalogue {
  const findSong = db.prepare<[string], { id: number }>('SELECT id FROM songs WHERE key = ?');
  const insertSong = db.prepare('INSERT INTO songs (key, title) VALUES (?, ?)');
  const findArtist = db.prepare<[string], { id: number }>('SELECT id FROM artists WHERE key = ?');
  const insertArtist = db.prepare('INSERT INTO artists (key, name) VALUES (?, ?)');
  const songArtists = db.prepare<[number], { artist: number }>(
    'SELECT artist FROM song_artists WHERE song = ? ORDER BY position',
  );
  const clearSongArtists = db.prepare('DELETE FROM song_artists WHERE song = ?');
  const addSongArtist = db.prepare(
    'INSERT INTO song_artists (song, artist, weight, position) VALUES (?, ?, ?, ?)',
  );
  const findAlbum = db.prepare<[string], { id: number; image: number | null }>(
    'SELECT id, image FROM albums WHERE key = ?',
  );
  const insertAlbum = db.prepare('INSERT INTO albums (key, title, artist, image) VALUES (?, ?, ?, ?)');
  const setAlbumImage = db.prepare('UPDATE albums SET image = ? WHERE id = ?');
  const findImage = db.prepare<[string], { id: number }>('SELECT id FROM images WHERE file = ?');
  const insertImage = db.prepare('INSERT INTO images (file, mime) VALUES (?, ?)');
  const addCharacteristic = db.prepare(
    'INSERT INTO characteristics (name, labels) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
  );

  function artist(key: string, name: string): number {
    return findArtist.get(key)?.id ?? Number(insertArtist.run(key, name).lastInsertRowid);
  }

  /** Equal shares: tags do not say who did how much. */
  function credit(song: number, isNew: boolean, file: ImportedFile): void {
    const wanted = artistsOf(file).map(({ key, name }) => artist(key, name));
    if (!isNew) {
      const present = songArtists.all(song).map((row) => row.artist);
      if (present.length === wanted.length && present.every((id, at) => id === wanted[at])) return;
      clearSongArtists.run(song);
    }
    wanted.forEach((id, position) => {
      addSongArtist.run(song, id, 1 / wanted.length, position);
    });
  }

  return {
    song(file) {
      const key = songKey(file);
      const known = findSong.get(key)?.id;
      const id = known ?? Number(insertSong.run(key, titleOf(file)).lastInsertRowid);
      credit(id, known === undefined, file);
      return id;
    },
    album(file, image) {
      const key = albumKey(file);
      if (key === null) return null;
      const known = findAlbum.get(key);
      if (known) {
        if (known.image === null && image !== null) setAlbumImage.run(image, known.id);
        return known.id;
      }
      const title = file.tags.album?.trim() || 'Unknown album';
      return Number(insertAlbum.run(key, title, file.tags.albumArtist, image).lastInsertRowid);
    },
    image(artFile) {
      if (artFile === null) return null;
      const known = findImage.get(artFile)?.id;
      if (known !== undefined) return known;
      const extension = artFile.slice(artFile.lastIndexOf('.') + 1).toLowerCase();
      const mime = MIME_BY_EXTENSION[extension] ?? 'application/octet-stream';
      return Number(insertImage.run(artFile, mime).lastInsertRowid);
    },
    characteristics(flavor) {
      for (const [name, labels] of Object.entries(flavor))
        addCharacteristic.run(name, JSON.stringify(Object.keys(labels).sort()));
    },
  };
}
