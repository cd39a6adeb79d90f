/**
 * Three hosts on this machine: network namespaces with an address and shared memory each, joined by a bridge,
 * and a program in the place of ssh that starts commands in them. It needs root and Linux.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment } from "./launchers.js";

const ip = (...args: readonly string[]) => spawnSync("ip", args, { encoding: "utf8" });

/** Of one test file: several may run at a time. The names of interfaces have at most 15 characters. */
const id = process.pid % 10_000;
const subnet = `10.213.${process.pid % 250}`;
const bridge = `sgb${id}`;
const namespaces = [1, 2, 3].map((host) => `sg${id}h${host}`);
const link = (host: number) => `sg${id}v${host}`;
export const addresses = [1, 2, 3].map((host) => `${subnet}.${host}`);

/** Why hosts cannot be made here; undefined if they can. */
export function whyNoHosts(): string | undefined {
  if (process.getuid?.() !== 0) return "only root makes network namespaces";
  if (ip("-V").status !== 0) return "ip is not installed (apt-get install iproute2)";
  const tried = [
    ip("netns", "add", `sg${id}try`),
    ip("link", "add", bridge, "type", "bridge"),
    spawnSync("unshare", ["--uts", "--mount", "true"], { encoding: "utf8" }),
  ];
  ip("netns", "del", `sg${id}try`);
  ip("link", "del", bridge);
  const refused = tried.find(({ status }) => status !== 0);
  return refused && `namespaces cannot be made here: ${refused.stderr}`.trim();
}

/** Called as ssh is: options, the host's address, and words of a command for a shell. */
const agent = `#!/bin/sh
while [ "\${1#-}" != "$1" ]; do shift; done
host="\${1##*.}"
shift
exec ip netns exec sg${id}h$host unshare --uts --mount sh -c "hostname h$host; mount -t tmpfs tmpfs /dev/shm; $*"
`;

export interface Hosts {
  /** Starts a program for Node as one rank on each host. */
  start(command: string, args: readonly string[]): ChildProcess;
  /** Takes the link of a host down. */
  cut(host: number): void;
  /** The processes on the hosts whose command line has the text in it: the host, the state, the command. */
  left(mark: string): string[];
  /** Ends every process on the hosts, and puts all links up. */
  clear(): void;
  close(): void;
}

export function makeHosts(): Hosts {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-hosts-"));
  const ssh = join(folder, "ssh");
  writeFileSync(ssh, agent);
  chmodSync(ssh, 0o755);
  const made = (...args: readonly string[]) => {
    const { status, stderr } = ip(...args);
    if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  };
  made("link", "add", bridge, "type", "bridge");
  made("addr", "add", `${subnet}.254/24`, "dev", bridge);
  made("link", "set", bridge, "up");
  for (const [i, name] of namespaces.entries()) {
    made("netns", "add", name);
    made("link", "add", link(i + 1), "type", "veth", "peer", "name", "net0", "netns", name);
    made("link", "set", link(i + 1), "master", bridge, "up");
    made("-n", name, "addr", "add", `${addresses[i]}/24`, "dev", "net0");
    for (const device of ["net0", "lo"]) made("-n", name, "link", "set", device, "up");
  }
  const options: Readonly<Record<string, readonly string[]>> = {
    "mpirun.openmpi": [
      ...["--mca", "plm_rsh_agent", ssh, "--mca", "btl", "self,tcp", "--mca", "pml", "ob1"],
      ...["btl_tcp_if_include", "oob_tcp_if_include"].flatMap((key) => ["--mca", key, `${subnet}.0/24`]),
      ...["--bind-to", "none", "--host", addresses.join(",")],
    ],
    "mpirun.mpich": [
      ...["-launcher", "ssh", "-launcher-exec", ssh, "-iface", bridge, "-hosts", addresses.join(",")],
      ...["-genv", "UCX_TLS", "tcp,self", "-genv", "UCX_NET_DEVICES", "net0"],
    ],
  };
  const pidsOn = (name: string) =>
    ip("netns", "pids", name)
      .stdout.split("\n")
      .filter((pid) => pid !== "");
  const stateOf = (pid: string) =>
    spawnSync("ps", ["-o", "stat=,args=", "-p", pid], { encoding: "utf8" }).stdout.trim();
  const clear = () => {
    for (const pid of namespaces.flatMap(pidsOn)) spawnSync("kill", ["-9", pid]);
    for (const name of namespaces) ip("-n", name, "link", "set", "net0", "up");
  };
  return {
    start: (command, args) =>
      spawn(command, [...options[command], "-n", "3", process.execPath, ...args], { env: environment() }),
    cut(host) {
      made("-n", namespaces[host - 1], "link", "set", "net0", "down");
    },
    left: (mark) =>
      namespaces.flatMap((name) =>
        pidsOn(name)
          .map((pid) => `${name}: ${stateOf(pid)}`)
          .filter((line) => line.includes(mark)),
      ),
    clear,
    close() {
      clear();
      for (const name of namespaces) ip("netns", "del", name);
      ip("link", "del", bridge);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
