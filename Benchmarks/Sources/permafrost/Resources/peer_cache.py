#!/usr/bin/env python3
"""Keeps feature rows on disk by other means, for `permafrost bench cache --peers PYTHON`.

    peer_cache.py check                    {"numpy": VERSION or null, ...}: which peers have their packages
    peer_cache.py serve --engine ENGINE --folder DIR --source FILE --random FILE --rows N --dimension D --store f32|f16
        --batch ROWS --block ROWS          answers commands, see below

Engines: numpy (a .npy file, memory-mapped), safetensors (one tensor, read by slices), datasets (Hugging Face: its
ArrowWriter, a fixed-size list a row, read as Arrow without copying), lmdb (a key a row, in order). Each does what its
library offers at its fastest here: whole blocks at once, buffers that are used again, no Python object a number.

Row r is row r modulo their number of --source, raw float32. `serve` writes one line of JSON when it is ready, and
{"milliseconds": [T], "sum": S} for each line that it reads; what T does not cover happens before or after:

    write       all rows, converted to --store; the file is left to the system to write
    write-sync  the same, with the file and its folder synced within the time
    open        from nothing to the first row, as float32
    first-scan  opens, and then as scan
    scan        sums all values as float32, in pieces, in order
    epoch       sums all rows in batches of float32, in order
    shuffled    the same, blocks in random order and the rows of a block in random order
    random      sums the rows of --random, raw int64, in batches of float32
    the end of the input: it ends.
"""
import argparse
import importlib
import itertools
import json
import os
import pathlib
import shutil
import sys
import time

import numpy

PIECE = 1 << 18  # numbers of a piece: a megabyte of float32, which stays in the second cache
PACKAGES = {"numpy": ["numpy"], "safetensors": ["safetensors"], "datasets": ["datasets", "pyarrow"], "lmdb": ["lmdb"]}


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


class Engine:
    """What the engines share. Each gives `store`, `start` and `rows`, and faster ways where it has some."""

    def __init__(self, options):
        self.count, self.dimension, self.batch = options.rows, options.dimension, options.batch
        self.block = options.block
        self.type = numpy.dtype({"f32": numpy.float32, "f16": numpy.float16}[options.store])
        self.folder = pathlib.Path(options.folder) / options.engine
        self.source = numpy.fromfile(options.source, numpy.float32).reshape(-1, self.dimension)
        self.indices = numpy.fromfile(options.random, numpy.int64)
        self.random = numpy.random.default_rng(1)
        self.wide = numpy.empty((max(self.block, self.batch, self.piece), self.dimension), numpy.float32)
        self.ready = numpy.empty((self.batch, self.dimension), numpy.float32)
        self.is_open = False

    # Writing

    @property
    def piece(self):
        return max(1, PIECE // self.dimension)

    def batches(self):
        """All rows in the stored type, a piece at a time, each only valid until the next."""
        stored = numpy.empty((self.piece, self.dimension), self.type)
        row = 0
        while row < self.count:
            first = row % len(self.source)
            rows = self.source[first:first + min(self.piece, self.count - row)]
            if self.type == numpy.float32:
                yield row, rows
            else:
                numpy.copyto(stored[:len(rows)], rows, casting="same_kind")
                yield row, stored[:len(rows)]
            row += len(rows)

    def sync(self):
        for path in [*self.folder.iterdir(), self.folder]:
            sync(path)

    def write(self, synced):
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        os.sync()
        start = time.perf_counter()
        self.store()
        if synced:
            self.sync()
        elapsed = time.perf_counter() - start
        self.sync()  # so that nobody's writes disturb the next
        return elapsed, 0.0

    # Reading

    def open(self):
        self.close()
        start = time.perf_counter()
        self.start()
        self.is_open = True
        value = float(numpy.asarray(self.rows(0, 1), numpy.float32).sum())
        return time.perf_counter() - start, value

    def close(self):
        if self.is_open:
            self.end()
        self.is_open = False

    def first_scan(self):
        self.close()
        start = time.perf_counter()
        self.start()
        self.is_open = True
        value = self.scan()[1]
        return time.perf_counter() - start, value

    def floats(self, rows, into):
        """Rows as float32, where they lie or in a buffer."""
        if rows.dtype == numpy.float32:
            return rows
        numpy.copyto(into[:len(rows)], rows)
        return into[:len(rows)]

    def scan(self):
        start, total = time.perf_counter(), 0.0
        for first in range(0, self.count, self.piece):
            rows = self.rows(first, min(first + self.piece, self.count))
            total += float(self.floats(rows, self.wide).sum())
        return time.perf_counter() - start, total

    def epoch(self):
        start, total = time.perf_counter(), 0.0
        for first in range(0, self.count, self.batch):
            rows = self.rows(first, min(first + self.batch, self.count))
            total += float(self.floats(rows, self.wide).sum())
        return time.perf_counter() - start, total

    def shuffled(self):
        start, total = time.perf_counter(), 0.0
        for block in self.random.permutation(-(-self.count // self.block)):
            first = int(block) * self.block
            rows = self.rows(first, min(first + self.block, self.count))
            order = self.random.permutation(len(rows))
            for batch in range(0, len(rows), self.batch):
                total += self.gathered(rows, order[batch:batch + self.batch])
        return time.perf_counter() - start, total

    def gathered(self, rows, order):
        """The sum of some rows of an array, which become a batch of float32."""
        if rows.dtype == numpy.float32:
            ready = self.ready[:len(order)]
            numpy.take(rows, order, axis=0, out=ready, mode="clip")
            return float(ready.sum())
        return float(self.floats(numpy.take(rows, order, axis=0, mode="clip"), self.ready).sum())

    def random_rows(self):
        start, total = time.perf_counter(), 0.0
        for first in range(0, len(self.indices), self.batch):
            total += self.some(self.indices[first:first + self.batch])
        return time.perf_counter() - start, total

    def run(self, task):
        if task in ("write", "write-sync"):
            return self.write(task == "write-sync")
        if task in ("open", "first-scan"):
            return self.open() if task == "open" else self.first_scan()
        if not self.is_open:
            self.open()
        return {"scan": self.scan, "epoch": self.epoch, "shuffled": self.shuffled, "random": self.random_rows}[task]()


class NumPy(Engine):
    @property
    def path(self):
        return self.folder / "rows.npy"

    def store(self):
        with open(self.path, "wb", buffering=0) as file:
            header = {"descr": self.type.str, "fortran_order": False, "shape": (self.count, self.dimension)}
            numpy.lib.format.write_array_header_1_0(file, header)
            for _, rows in self.batches():
                file.write(rows.data)

    def start(self):
        self.array = numpy.asarray(numpy.load(self.path, mmap_mode="r"))

    def end(self):
        del self.array

    def rows(self, first, end):
        return self.array[first:end]

    def some(self, indices):
        return self.gathered(self.array, indices)


class SafeTensors(Engine):
    @property
    def path(self):
        return self.folder / "rows.safetensors"

    def store(self):
        from safetensors.numpy import save_file
        whole = numpy.empty((self.count, self.dimension), self.type)  # the file is written from one array
        for row, rows in self.batches():
            whole[row:row + len(rows)] = rows
        save_file({"features": whole}, self.path)

    def start(self):
        from safetensors import safe_open
        self.file = safe_open(self.path, framework="numpy")
        self.slices = self.file.get_slice("features")

    def end(self):
        del self.slices, self.file

    def rows(self, first, end):
        return self.slices[first:end]

    def some(self, indices):
        ready = self.ready[:len(indices)]
        for place, index in enumerate(indices.tolist()):
            ready[place] = self.slices[index]
        return float(ready.sum())


class Datasets(Engine):
    @property
    def path(self):
        return self.folder / "rows.arrow"

    def store(self):
        import datasets
        import pyarrow
        from datasets.arrow_writer import ArrowWriter
        value = datasets.Value("float32" if self.type == numpy.float32 else "float16")
        kind = getattr(datasets, "List", None) or datasets.Sequence
        writer = ArrowWriter(
            path=str(self.path), features=datasets.Features({"row": kind(value, length=self.dimension)}))
        for _, rows in self.batches():
            flat = pyarrow.array(rows.reshape(-1))
            column = pyarrow.FixedSizeListArray.from_arrays(flat, self.dimension)
            writer.write_table(pyarrow.table({"row": column}))
        writer.finalize()
        writer.close()

    def start(self):
        import datasets
        self.data = datasets.Dataset.from_file(str(self.path)).with_format("arrow")

    def end(self):
        del self.data

    def chunks(self, key):
        for chunk in self.data[key].column("row").chunks:
            yield chunk.flatten().to_numpy(zero_copy_only=True).reshape(-1, self.dimension)

    def rows(self, first, end):
        chunks = list(self.chunks(slice(first, end)))
        return chunks[0] if len(chunks) == 1 else numpy.concatenate(chunks)

    def some(self, indices):
        chunks = list(self.chunks(indices))
        if len(chunks) > 1 and chunks[0].dtype == numpy.float32:
            return float(numpy.concatenate(chunks, out=self.ready[:len(indices)]).sum())
        rows = chunks[0] if len(chunks) == 1 else numpy.concatenate(chunks)
        return float(self.floats(rows, self.ready).sum())


class LMDB(Engine):
    def key(self, row):
        return row.to_bytes(8, "big")

    def environment(self, **settings):
        import lmdb
        pages = (self.dimension * self.type.itemsize + 16) // 4096 + 1
        return lmdb.open(str(self.folder), map_size=self.count * pages * 4096 * 2 + (64 << 20), **settings)

    def store(self):
        environment = self.environment(sync=False, metasync=False)
        for row, rows in self.batches():
            bytes_of_rows = memoryview(rows).cast("B")
            size = len(bytes_of_rows) // len(rows)
            with environment.begin(write=True) as transaction:
                transaction.cursor().putmulti(
                    ((self.key(row + i), bytes_of_rows[i * size:(i + 1) * size]) for i in range(len(rows))),
                    append=True)
        environment.close()

    def start(self):
        self.data = self.environment(readonly=True, lock=False)
        self.transaction = self.data.begin(buffers=True)

    def end(self):
        self.transaction.abort()
        self.data.close()
        del self.transaction, self.data

    def array(self, values, count):
        """The values side by side; until the next call."""
        if not hasattr(self, "raw"):
            self.raw = numpy.empty((len(self.wide), self.dimension), self.type)
        view, size, end = memoryview(self.raw).cast("B"), self.dimension * self.type.itemsize, 0
        for value in values:  # the fastest way that its Python interface leaves
            view[end:end + size] = value
            end += size
        return self.raw[:count]

    def rows(self, first, end):
        cursor = self.transaction.cursor()
        cursor.set_key(self.key(first))
        return self.array(itertools.islice(cursor.iternext(keys=False, values=True), end - first), end - first)

    def some(self, indices):
        get = self.transaction.get
        rows = self.array((get(self.key(index)) for index in indices.tolist()), len(indices))
        return float(self.floats(rows, self.ready).sum())


ENGINES = {"numpy": NumPy, "safetensors": SafeTensors, "datasets": Datasets, "lmdb": LMDB}


def version(engine):
    """Of the engine's package; None where one that it needs is missing."""
    try:
        return [importlib.import_module(name).__version__ for name in PACKAGES[engine]][0]
    except ImportError:
        return None


def serve(options):
    # Libraries may print; only answers go to the real standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    try:
        engine = ENGINES[options.engine](options)
        answer(ready=True, version=version(options.engine))
        for line in sys.stdin:
            seconds, total = engine.run(line.strip())
            answer(milliseconds=[seconds * 1e3], sum=total)
        engine.close()
    except Exception as error:  # noqa: BLE001: whatever a library throws
        answer(error=" ".join(f"{type(error).__name__}: {error}".split())[:500])
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "serve"])
    parser.add_argument("--engine", choices=ENGINES)
    for option in ("--folder", "--source", "--random"):
        parser.add_argument(option)
    for option in ("--rows", "--dimension", "--batch", "--block"):
        parser.add_argument(option, type=int, default=1)
    parser.add_argument("--store", choices=["f32", "f16"], default="f32")
    options = parser.parse_args()
    if options.command == "check":
        print(json.dumps({engine: version(engine) for engine in ENGINES}))
        return
    if not all((options.engine, options.folder, options.source, options.random)):
        parser.error("serve needs --engine, --folder, --source and --random")
    serve(options)


if __name__ == "__main__":
    main()
