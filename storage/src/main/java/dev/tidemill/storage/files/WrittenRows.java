package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows that a {@link Manifest} says a table has, by place. A place is how many rows of each
 * partition are before it, in the order of {@link Manifest#partitions}: whatever files rows stand
 * in today, they stand in the same order within their partition.
 *
 * <pre>
 *   day=1: [a: 3 rows][b: 2 rows]   day=2: [c: 4 rows]        (4, 2): all of a, one of b, two of c
 *   day=1: [ab: 5 rows]             day=2: [c: 4 rows]        (4, 2): four of ab, two of c
 * </pre>
 *
 * Immutable.
 */
final class WrittenRows {
  private final FilePattern pattern;
  private final Manifest manifest;
  private final int[] partitions;
  private final long[] totals;
  private final List<DataFile> files;

  /**
   * Rows of a file, by number.
   *
   * @param epoch of the table
   * @param partition number of the partition
   * @param before how many rows of the partition are before the file
   */
  record Piece(
      DataFile file, long epoch, int partition, long before, long from, long to, long rows) {
    boolean isToEnd() {
      return to == rows;
    }
  }

  WrittenRows(FileSystem fileSystem, FilePattern pattern, Manifest manifest) {
    this.pattern = pattern;
    this.manifest = manifest;
    Map<String, Integer> numbers = new HashMap<>();
    manifest.partitions().forEach(name -> numbers.put(name, numbers.size()));
    List<Manifest.Part> parts = manifest.files();
    this.files =
        parts.stream()
            .map(part -> new DataFile(fileSystem, pattern.absolute(part.name()), part.size(), 0))
            .toList();
    this.partitions = new int[parts.size()];
    this.totals = new long[numbers.size()];
    for (int i = 0; i < partitions.length; i++) {
      partitions[i] = numbers.getOrDefault(parts.get(i).partition(), 0);
      totals[partitions[i]] += parts.get(i).rows();
    }
  }

  List<DataFile> files() {
    return files;
  }

  FilesOffset end() {
    return FilesOffset.written(manifest.epoch(), totals);
  }

  /**
   * Takes up to {@code maxRows} rows in about the order they were written: those of a merged file
   * are taken to be spread over the steps that they come from, so that partitions go on side by
   * side.
   */
  Advance advance(FilesOffset from, long maxRows) {
    long[] taken = places(from);
    long left = maxRows;
    if (waiting(taken, Long.MAX_VALUE) <= maxRows) {
      left -= waiting(taken, Long.MAX_VALUE);
      taken = totals.clone();
    } else {
      long whole = numberWithin(taken, maxRows);
      long[] before = taken;
      taken = reached(before, whole);
      left -= sum(taken) - sum(before);
      long[] next = reached(taken, whole + 1);
      for (int i = 0; i < partitions.length && left > 0; i++) {
        int partition = partitions[i];
        long more = Math.min(left, next[partition] - taken[partition]);
        taken[partition] += more;
        left -= more;
      }
    }
    boolean caughtUp = Arrays.equals(taken, totals);
    return new Advance(
        FilesOffset.written(manifest.epoch(), taken).toOffset(),
        maxRows - left,
        caughtUp,
        caughtUp && manifest.ended());
  }

  /** The greatest number below which no more than {@code maxRows} rows wait. */
  private long numberWithin(long[] taken, long maxRows) {
    long within = 0;
    long beyond = manifest.commits() + 1;
    while (beyond - within > 1) {
      long middle = (within + beyond) >>> 1;
      if (waiting(taken, middle) <= maxRows) {
        within = middle;
      } else {
        beyond = middle;
      }
    }
    return within;
  }

  private long waiting(long[] taken, long number) {
    return sum(reached(taken, number)) - sum(taken);
  }

  private static long sum(long[] counts) {
    return Arrays.stream(counts).sum();
  }

  /** The place behind all rows of numbers below {@code number}, but not before {@code taken}. */
  private long[] reached(long[] taken, long number) {
    long[] place = new long[totals.length];
    List<Manifest.Part> parts = manifest.files();
    for (int i = 0; i < partitions.length; i++) {
      Manifest.Part part = parts.get(i);
      long first = part.firstNumber();
      long numbers = Math.max(0, part.lastNumber() - first) + 1;
      long below = Math.clamp(number - first, 0, numbers);
      place[partitions[i]] += below == numbers ? part.rows() : part.rows() * below / numbers;
    }
    for (int i = 0; i < place.length; i++) {
      place[i] = Math.max(place[i], taken[i]);
    }
    return place;
  }

  /** The rows between two places, file by file. */
  List<Piece> pieces(FilesOffset from, FilesOffset to) {
    long[] starts = places(from);
    long[] ends = places(to);
    List<Piece> pieces = new ArrayList<>();
    long[] before = new long[totals.length];
    for (int i = 0; i < partitions.length; i++) {
      Manifest.Part part = manifest.files().get(i);
      int partition = partitions[i];
      long first = Math.clamp(starts[partition] - before[partition], 0, part.rows());
      long last = Math.clamp(ends[partition] - before[partition], 0, part.rows());
      if (first < last) {
        pieces.add(
            new Piece(
                files.get(i),
                manifest.epoch(),
                partition,
                before[partition],
                first,
                last,
                part.rows()));
      }
      before[partition] += part.rows();
    }
    return pieces;
  }

  /** The rows of a piece where they stand now. */
  List<Piece> again(Piece piece) {
    if (piece.epoch() != manifest.epoch()) {
      throw FilesErrors.gone(piece.file().path());
    }
    long[] from = new long[totals.length];
    long[] to = new long[totals.length];
    from[piece.partition()] = piece.before() + piece.from();
    to[piece.partition()] = piece.before() + piece.to();
    return pieces(
        FilesOffset.written(manifest.epoch(), from), FilesOffset.written(manifest.epoch(), to));
  }

  Backlog backlog(FilesOffset from) {
    long rows = 0;
    long bytes = 0;
    long files = 0;
    for (Piece piece : pieces(from, end())) {
      long waiting = piece.to() - piece.from();
      rows += waiting;
      bytes += (long) (piece.file().size() * ((double) waiting / piece.rows()));
      files++;
    }
    return new Backlog(rows, bytes, files);
  }

  private long[] places(FilesOffset offset) {
    if (offset.epoch() != manifest.epoch()) {
      if (offset.isStart()) {
        return new long[totals.length];
      }
      throw FilesErrors.replaced(pattern.path());
    }
    if (offset.rows().isEmpty() && !offset.isStart()) {
      throw FilesErrors.badOffset(offset.toOffset().text());
    }
    long[] places = new long[totals.length];
    for (int i = 0; i < offset.rows().size(); i++) {
      long rows = offset.rows().get(i);
      if (i < places.length ? rows > totals[i] : rows > 0) {
        throw FilesErrors.badOffset(offset.toOffset().text());
      }
      if (i < places.length) {
        places[i] = rows;
      }
    }
    return places;
  }
}
