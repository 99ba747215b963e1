// Library: files, passages, songs, artists, works, albums, images.
import type { AlbumId, ArtistId, Failure, FileId, Nothing, PassageId, Playable, SongId } from './common.ts';
import type { Flavor } from './director.ts';

export interface PassageCard {
  readonly passage: PassageId;
  readonly title: string;
  readonly artist: string;
  readonly album: string | null;
  readonly albumId: AlbumId | null;
  readonly durationMs: number;
  readonly song: SongId | null;
  /** Id for /art, or null. */
  readonly art: number | null;
  readonly state: 'ok' | 'missing' | 'broken';
  readonly path: string;
}

/** What the import hands over for one file (tags read, length known). */
export interface ImportedFile {
  readonly folder: number;
  /** Relative to the music folder, with '/'. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly durationTicks: number;
  readonly codec: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly tags: {
    readonly title: string | null;
    readonly artists: readonly string[];
    readonly album: string | null;
    readonly albumArtist: string | null;
    readonly track: number | null;
    readonly disc: number | null;
    readonly year: number | null;
    readonly genre: readonly string[];
    readonly recordingMbid: string | null;
    readonly releaseMbid: string | null;
    readonly replayGainTrackDb: number | null;
    readonly replayGainAlbumDb: number | null;
    /** Plain lines; null: none known. */
    readonly lyrics: string | null;
  };
  /** What a CUE sheet divides it into, in order, each a passage of its own; null: it is one passage. */
  readonly parts:
    | readonly {
        /** Its number on the sheet, from 1. */
        readonly part: number;
        readonly title: string | null;
        readonly artist: string | null;
        readonly startTicks: number;
        /** Null: the end of the file. */
        readonly endTicks: number | null;
      }[]
    | null;
  /** Path of the art file in the state directory's art folder, if any. */
  readonly artFile: string | null;
  /** Hash of head, middle and tail: recognises a moved file. */
  readonly contentKey: string;
  /** Hash of the coded audio, by which a file is recognised that was retagged, and perhaps moved; null or left out: there was
   *  nothing that it could be. */
  readonly audioKey?: string | null;
  /** Flavor measured from the audio: characteristic -> label -> value. Null: not analysed (yet). */
  readonly flavor: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
}

/** What a local flavor is made of: measures of the audio on scales on which they spread evenly. Null: nothing to measure. */
export interface LocalMeasures {
  /** RMS of the whole file. */
  readonly levelDb: number | null;
  /** A second. */
  readonly onsets: number | null;
  /** Of the spectral centroid above 1 kHz. */
  readonly centroidOctaves: number | null;
  /** log10 of the share of energy above 4 kHz. */
  readonly highDecades: number | null;
  /** log2 of the dynamic range in dB. */
  readonly dynamicsOctaves: number | null;
  /** 0 to 1. */
  readonly rhythmClarity: number | null;
  /** Of the tempo above 110 beats a minute. */
  readonly tempoOctaves: number | null;
  /** 0 to 1. */
  readonly tonality: number | null;
  readonly isMajor: boolean;
}

/** What the analysis found out about a file, or about one of its parts. */
export interface Analysis {
  /** Integrated (EBU R128). Null: nothing of it is above -70 LUFS. */
  readonly loudnessLufs: number | null;
  readonly truePeakDb: number;
  /** Where its music is, from the start of the file. Null: all of it is silent. */
  readonly content: {
    readonly startTicks: number;
    readonly leadInTicks: number;
    readonly leadOutTicks: number;
    readonly endTicks: number;
  } | null;
  readonly measures: LocalMeasures;
}

/** What the analysis found out about one file that is already in the library. */
export interface AnalysedFile extends Analysis {
  readonly folder: number;
  readonly path: string;
  /** Exact, from decoding all of it. */
  readonly durationTicks: number;
  readonly peakDb: number;
  /** Hash of the coded audio; null: it cannot be read to its end. */
  readonly audioKey: string | null;
  /** Of each passage that a CUE sheet makes of it; null: it is one passage. */
  readonly parts: readonly (Analysis & { readonly part: number })[] | null;
  /** Of the methods that measured it: what an older one did is measured again. */
  readonly flavorVersion: number;
  readonly analysisVersion: number;
  /** What is wrong with it although it plays (cut off), or null. */
  readonly remark: string | null;
}

/** What others measured of a recording: it is known by its MusicBrainz id, or by its names. */
export interface MeasuredRecording {
  readonly recording: string | null;
  readonly artist: string | null;
  readonly title: string | null;
  readonly flavor: Flavor;
}

export interface LibraryVocabulary {
  actions: {
    /** One batch of the import, committed together (at most 20 ms of work). */
    addFiles: {
      input: { files: readonly ImportedFile[] };
      output: { added: number; updated: number; moved: number };
    };
    /** The scales by which measures become flavors follow the library: made anew when it has grown or shrunk by a quarter,
     *  and some passages a time follow them; calibrationGoesOn is emitted until all do. Nothing to do: passages 0. */
    calibrate: { input: Nothing; output: { version: number; passages: number; done: boolean } };
    /** The second pass of the import: exact lengths, loudness, content points and local flavors of files that are in the
     *  library. Never changes a point that a person set. */
    setAnalysis: { input: { files: readonly AnalysedFile[] }; output: { updated: number } };
    /** A file that cannot be imported is recorded with its reason. */
    noteBroken: {
      input: { folder: number; path: string; sizeBytes: number; mtimeMs: number; reason: string };
      output: { file: FileId };
    };
    /** A file that was read is not there any more: moved, taken away, or its folder is lost. */
    noteGone: { input: { folder: number; path: string }; output: { file: FileId | null } };
    markBroken: { input: { passage: PassageId; reason: string }; output: { file: FileId | null } };
    markMissing: { input: { passage: PassageId }; output: { file: FileId | null } };
    /** After a scan: which of a folder's files were seen. Others become missing, missing ones seen again come back.
     *  An unreadable folder makes all of its files missing at once (`seen` null). */
    reconcile: {
      input: { folder: number; seen: readonly string[] | null };
      output: { missing: number; returned: number };
    };
    /** How likely the songs of a passage are chosen, 0 (never) to 1000; 1 is what each has at first. */
    setBase: {
      input: { passage: PassageId; base: number };
      output: { songs: number } | Failure<'NO_SUCH_PASSAGE' | 'OUT_OF_RANGE'>;
    };
    /** What others measured of recordings, kept with the songs that are these recordings; `byName`: those that no id
     *  names are looked for by artist and title. Answers how many were found in which way, how many are not here, and how many have
     *  values that do not sum to 1 (they are used as they are). */
    learnFlavors: {
      input: { recordings: readonly MeasuredRecording[]; byName: boolean };
      output: { byId: number; byName: number; unknown: number; unsound: number };
    };
    /** What was measured here is believed again. */
    forgetFlavors: { input: Nothing; output: { songs: number } };
    /** The owner says how much of a characteristic of their own (a word, such as christmas) passages have, 0 to 1; null: nothing
     *  any more. Answers how many are another by it. */
    sayOwnFlavor: {
      input: { passages: readonly PassageId[]; characteristic: string; amount: number | null };
      output: { passages: number } | Failure<'BAD_VALUE'>;
    };
    addFolder: { input: { path: string }; output: { folder: number } };
    /** What the configuration names now. Folders that it named before are put away: their files are missing until they
     *  are named again. Folders that a person added stay. */
    setFolders: {
      input: { paths: readonly string[] };
      output: { folders: readonly number[]; retired: number };
    };
    /** The places inside a music folder that could not be read in the last scan: all of them, with the reason.
     *  Answers those that were not known before. */
    noteUnreadable: {
      input: { folder: number; items: readonly { path: string; reason: string }[] };
      output: { added: readonly { path: string; reason: string }[] };
    };
  };
  queries: {
    playable: { input: { passage: PassageId }; row: Playable };
    /** The passages of the file at an absolute path. */
    passagesAt: { input: { path: string }; row: { passage: PassageId } };
    card: { input: { passage: PassageId }; row: PassageCard };
    /** What a passage is like: all sources together; the best says what several say. Empty: nothing is known. */
    flavor: { input: { passage: PassageId }; row: { title: string; flavor: Flavor } };
    search: { input: { text: string; limit: number; after?: number }; row: PassageCard };
    /** What can be played of the album that a passage is from, in the album's order; no row without an album. */
    albumOf: {
      input: { passage: PassageId };
      row: { album: AlbumId; title: string; passages: readonly PassageId[] };
    };
    /** No row where none are known. */
    lyrics: { input: { passage: PassageId }; row: { title: string; text: string } };
    /** One row: all passages that have at least so much of a characteristic of the owner's, by what they said. */
    having: { input: { characteristic: string; least: number }; row: { passages: readonly PassageId[] } };
    /** One row: all passages with one of these texts in title, artist or album, by the beginnings of its words. */
    matching: { input: { texts: readonly string[] }; row: { passages: readonly PassageId[] } };
    counts: {
      input: Nothing;
      row: {
        files: number;
        passages: number;
        songs: number;
        artists: number;
        broken: number;
        missing: number;
      };
    };
    folders: { input: Nothing; row: { folder: number; path: string; available: boolean } };
    /** Known files of a folder by path, to skip those unchanged since the last scan. A large library is read in
     *  pages: `after` is the last path of the page before. */
    knownFiles: {
      input: { folder: number; after?: string; limit?: number };
      row: {
        path: string;
        sizeBytes: number;
        mtimeMs: number;
        state: 'ok' | 'missing' | 'broken';
        /** By which it is known wherever it is moved; null: it could not be read. */
        contentKey: string | null;
        /** By which it is known whatever its tags say; null: not measured. */
        audioKey: string | null;
        /** Of its local flavor; null: not analysed yet. */
        flavorVersion: number | null;
        /** Of its loudness and content points; null: not analysed yet. */
        analysisVersion: number | null;
      };
    };
    artists: { input: { passage: PassageId }; row: { artist: ArtistId; name: string } };
    art: { input: { art: number }; row: { file: string; mime: string } };
    failures: { input: { limit: number }; row: { path: string; reason: string; atMs: number } };
  };
  events: {
    /** State-like: files came, went or changed. */
    changed: { passages: number };
    /** More passages have to follow a new calibration. */
    calibrationGoesOn: { version: number };
    fileBroken: { path: string; reason: string };
    folderLost: { path: string; message: string };
    folderBack: { path: string };
  };
}
export type AddFolderFailure = Failure<'NOT_A_FOLDER'>;
