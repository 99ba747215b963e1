// The npm package systemd-notify has no types: what of it we use.
declare module 'systemd-notify' {
  /** Runs the systemd-notify program; rejects with its words when it fails. */
  export default function systemdNotify(options: {
    ready?: boolean;
    status?: string;
    pid?: number;
  }): Promise<unknown>;
}
