"""What the campaign's scripts share: pictures to work on, runs of the program, and what a cache holds."""

import argparse
import hashlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PICTURE_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
NETWORK = ["--network", "squeezenet1_1", "--weights", "seed:0"]
COLUMNS = ["features.8:average", "features.5:max"]
# Damaged pictures are meant; what libvips says about them on standard error is not.
ENVIRONMENT = {**os.environ, "VIPS_WARNING": "1"}


# Processes that must not outlive the script, stopped ones above all.
STARTED = []


class Violation(Exception):
    """Something that must hold does not."""


def require(condition, sentence):
    if not condition:
        raise Violation(sentence)


def say(text):
    print(text, flush=True)


def arguments(description):
    """A parser that knows the program and the folder of pictures."""
    parser = argparse.ArgumentParser(description=description)
    data = os.environ.get("PERMAFROST_DATA")
    parser.add_argument(
        "program", nargs="?", default=str(HERE.parent.parent / ".build-shared/release/permafrost"),
        help="the permafrost program; the one that Tests/run has built by default")
    parser.add_argument(
        "pictures", nargs="?", default=f"{data}/images/clothing" if data else None,
        help="a folder of photographs; $PERMAFROST_DATA/images/clothing by default")
    parser.add_argument("--seed", type=int, default=1, help="decides everything that is random")
    return parser


def end(number, _):
    sys.exit(128 + number)


def main(body, options):
    """Runs a script's body in a temporary folder, which is kept where something does not hold."""
    if not os.access(options.program, os.X_OK):
        sys.exit(f"{options.program} is no program: build it first, or name it")
    if options.pictures is None or not os.path.isdir(options.pictures):
        sys.exit(f"a folder of photographs is needed, not {options.pictures}")
    signal.signal(signal.SIGTERM, end)
    work = Path(tempfile.mkdtemp(prefix="permafrost-campaign-"))
    try:
        body(options, work)
    except Violation as violation:
        say(f"VIOLATED: {violation}\nwhat there is stays in {work}")
        sys.exit(1)
    except BaseException:
        say(f"broken off; what there is stays in {work}")
        raise
    finally:
        for process in STARTED:
            if process.poll() is None:
                process.kill()
    shutil.rmtree(work)


class Pictures:
    """Some photographs of a folder and some broken files, listed in a CSV file."""

    def __init__(self, source, folder, count, broken=True, repeats=False):
        found = sorted(p for p in Path(source).rglob("*") if p.suffix.lower() in PICTURE_ENDINGS)
        if not found or count > len(found) and not repeats:
            sys.exit(f"{source} holds {len(found)} pictures, {count} are needed")
        folder.mkdir()
        files = []
        for number in range(count):
            # One that is taken again is another by what follows its end, which no decoder reads.
            again, place = divmod(number, len(found)) if repeats else (0, number * len(found) // count)
            files.append((f"{number:04}{found[place].suffix}", found[place].read_bytes() + b"\0" * again))
        self.good = {digest(data) for _, data in files}
        if broken:
            first = files[0]
            files[1:1] = [("empty.jpg", b"")]
            files[count // 2:count // 2] = [
                ("text.png", b"no picture at all\n"),
                ("cut.jpg", first[1][:len(first[1]) // 2]),
                (f"again{Path(first[0]).suffix}", first[1]),
            ]
        for name, data in files:
            (folder / name).write_bytes(data)
        self.folder = folder
        self.names = [name for name, _ in files]
        self.digests = [digest(data) for _, data in files]
        # Deleted again, so that a file is among them that cannot be read at all.
        if broken:
            self.names.append("missing.jpg")
            self.digests.append(None)
        self.list = self.write_list("list.csv", len(self.names))
        self.part = self.write_list("part.csv", len(self.names) // 3)

    def write_list(self, name, count):
        """The first so many, with three classes and a split."""
        lines = ["path,label,split"]
        for number, picture in enumerate(self.names[:count]):
            split = ("train", "train", "validation", "test")[number % 4]
            lines.append(f"{picture},{('a', 'b', 'c')[number % 3]},{split}")
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def wanted(self, shard=0, shards=1, of=None):
        """The contents in a shard of a list that have features."""
        return set(self.rows(shard, shards, of))

    def rows(self, shard=0, shards=1, of=None):
        """The same of each sample that has features."""
        count = len(self.names) // (3 if of == self.part else 1)
        part = self.digests[shard * count // shards:(shard + 1) * count // shards]
        return [content for content in part if content in self.good]


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Program:
    def __init__(self, path):
        self.path = str(path)

    def extract(self, cache, images=None, shard=None, store="f32", batch=4, columns=COLUMNS, **more):
        """The arguments of a worker that notes down every batch."""
        command = [self.path, "extract", *NETWORK, "--cache", str(cache), "--store", store,
                   "--batch", str(batch), "--threads", "1", "--journal", "0", "--json", "-", "--quiet"]
        for column in columns:
            command += ["--layer", column]
        if images is not None:
            command += ["--images", str(images)]
        if shard is not None:
            command += ["--shard", shard]
        for name, value in more.items():
            command += [f"--{name}", str(value)]
        return command

    def plan(self, cache, images, shards):
        run([self.path, "plan", "--images", str(images), "--cache", str(cache), "--shards", str(shards),
             "--quiet"])

    def export(self, cache, columns=COLUMNS):
        """Every file that `export` writes, for each column."""
        files = {}
        for column in columns:
            with tempfile.TemporaryDirectory(dir=Path(cache).parent) as to:
                run([self.path, "export", "--cache", str(cache), "--layer", column, "--to", to, "--quiet"])
                for path in sorted(Path(to).iterdir()):
                    files[f"{column}/{path.name}"] = path.read_bytes()
        return files

    def verify(self, cache):
        run([self.path, "verify", "--cache", str(cache), "--quiet"])

    def compact(self, cache):
        """The arguments of a run that writes all rows into one file a column."""
        return [self.path, "cache", "compact", "--cache", str(cache)]

    def collect(self, cache):
        """The arguments of a run that removes what is left over."""
        return [self.path, "cache", "gc", "--cache", str(cache), "--force"]


def png(width, height, rows):
    """A black picture of one bit a pixel, of which so many rows are there."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def run(command, **more):
    """Standard output of a command that must end well."""
    done = subprocess.run(command, capture_output=True, text=True, env=more.pop("env", ENVIRONMENT), **more)
    require(done.returncode == 0,
            f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def start(command, **more):
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=more.pop("env", ENVIRONMENT), **more)
    STARTED.append(process)
    return process


def finish(process):
    """What a worker reports that must end well."""
    output, errors = process.communicate()
    require(process.returncode == 0, f"a worker ended with {process.returncode}: {errors.strip()}")
    return json.loads(output)


def kill(process):
    """`None` if that was in time, else what the worker reports."""
    process.send_signal(signal.SIGKILL)
    output, errors = process.communicate()
    if process.returncode == -signal.SIGKILL:
        return None
    require(process.returncode == 0, f"a worker ended with {process.returncode}: {errors.strip()}")
    return json.loads(output) if output.startswith("{") else output


def require_equal(mine, right, what):
    require(sorted(mine) == sorted(right), f"{what}: exported {sorted(mine)}, not {sorted(right)}")
    for name in right:
        require(mine[name] == right[name], f"{what}: {name} differs from the undisturbed run's")


def listing(cache):
    """Names and bytes of everything in a cache's root, without `wip`."""
    paths = sorted(Path(cache).iterdir()) if Path(cache).is_dir() else []
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def records(cache):
    return {name: data for name, data in listing(cache).items() if name.endswith(".json")}


def commits(cache):
    """The commit records, parsed."""
    return {name: json.loads(data) for name, data in records(cache).items() if name.startswith("s")}


def strays(cache):
    """Files in the root that no record names."""
    named = set()
    for name, data in records(cache).items():
        named.add(name)
        record = json.loads(data)
        for part in [record.get("table"), record.get("index"), *record.get("columns", [])]:
            if part:
                named.add(part["file"])
    return sorted(set(listing(cache)) - named)


class Journal:
    """What the whole lines of an attempt's journal say."""

    def __init__(self, folder):
        self.folder = folder
        self.work = None
        self.lines = 0
        self.rows = set()  # contents that have rows in every column
        try:
            lines = (folder / "journal").read_bytes().split(b"\n")[:-1]
        except OSError:
            return
        for line in lines[:1]:
            self.work = json.loads(line)["work"]
        for line in lines[1:]:
            self.lines += 1
            columns = [cut(column["contents"]) for column in json.loads(line)["columns"]]
            require(all(column == columns[0] for column in columns),
                    f"{folder}/journal has a line whose columns are of different pictures")
            self.rows.update(columns[0])


def journals(cache):
    """Those in a cache's `wip` that have at least their first line, by the name of the attempt."""
    wip = Path(cache) / "wip"
    found = [Journal(folder) for folder in sorted(wip.iterdir())] if wip.is_dir() else []
    return {journal.folder.name: journal for journal in found if journal.work}


def journalled(cache, work, leaving_out=()):
    """The contents that a run for some work can take over: one for everything takes over everybody's."""
    rows = set()
    for name, journal in journals(cache).items():
        if name not in leaving_out and work in ("all", journal.work):
            rows |= journal.rows
    return rows


def cut(text):
    return [text[start:start + 64] for start in range(0, len(text), 64)]


def wait_until(condition, process, timeout=120):
    """Waits for a condition or the end of a process; returns whether the condition holds."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if condition():
            return True
        if process.poll() is not None:
            return condition()
        time.sleep(0.001)
    raise Violation(f"nothing has happened for {timeout} seconds")
