package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.SinkMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of a table, numbered in the order they are found: those of one look by modification
 * time, then name (or only by name), behind all that were found before, even if they look older. A
 * file that has changed gets a new number; its old one is no more. A directory with a manifest has
 * the files that the manifest says. Safe for use by many threads.
 */
final class FileSet {
  private static final int REMEMBERED_EPOCHS = 16;

  private final FileSystem fileSystem;
  private final FilePattern pattern;
  private final boolean byName;
  private final boolean growing;
  private final IntakeLog intake;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Long, WrittenRows> epochs =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, WrittenRows> eldest) {
          return size() > REMEMBERED_EPOCHS;
        }
      };
  private Manifest manifest = Manifest.EMPTY;

  /**
   * The files at one look.
   *
   * @param epoch how often the table had been replaced
   * @param files by number
   * @param gone numbers of files that are no more
   * @param changed numbers of files that have other content now
   * @param ended whether nothing will come any more
   * @param mode how the manifest's table is written, or null without a manifest
   * @param written the rows that the manifest tells, or null without one
   */
  record Look(
      long epoch,
      List<DataFile> files,
      BitSet gone,
      BitSet changed,
      boolean ended,
      @Nullable SinkMode mode,
      boolean missing,
      @Nullable WrittenRows written) {
    /** Numbers of files that cannot be read any more as they were. */
    BitSet lost() {
      BitSet lost = (BitSet) gone.clone();
      lost.or(changed);
      return lost;
    }
  }

  FileSet(
      FileSystem fileSystem,
      FilePattern pattern,
      boolean byName,
      boolean growing,
      IntakeLog intake) {
    this.fileSystem = fileSystem;
    this.pattern = pattern;
    this.byName = byName;
    this.growing = growing;
    this.intake = intake;
    for (int i = 0; i < intake.files().size(); i++) {
      numbers.put(intake.files().get(i).path(), i);
    }
  }

  /** Looks at what there is now. */
  synchronized Look look() {
    Manifest kept =
        pattern.isPattern() ? null : Manifest.read(fileSystem, pattern.path(), manifest);
    if (kept != null) {
      return lookAtManifest(kept);
    }
    if (manifest != Manifest.EMPTY) {
      throw FilesErrors.replaced(pattern.path());
    }
    return lookAtFiles();
  }

  private Look lookAtManifest(Manifest kept) {
    if (!intake.files().isEmpty()) {
      throw FilesErrors.manifestAppeared(pattern.path());
    }
    WrittenRows rows = epochs.get(kept.epoch());
    if (kept != manifest || rows == null) {
      rows = new WrittenRows(fileSystem, pattern, kept);
      epochs.put(kept.epoch(), rows);
      manifest = kept;
    }
    return new Look(
        kept.epoch(),
        rows.files(),
        new BitSet(),
        new BitSet(),
        kept.ended(),
        kept.mode(),
        false,
        rows);
  }

  private Look lookAtFiles() {
    List<FileStatus> there = new ArrayList<>(pattern.list(fileSystem));
    if (pattern.isPattern()) {
      checkNoManifests(there);
    }
    there.sort(
        byName
            ? Comparator.comparing(FileStatus::path)
            : Comparator.comparingLong(FileStatus::modifiedNanos).thenComparing(FileStatus::path));
    Map<String, FileStatus> byPath = new HashMap<>();
    for (FileStatus status : there) {
      byPath.put(status.path(), status);
      Integer number = numbers.get(status.path());
      if (number == null) {
        number = intake.recall(status);
        if (number != null) {
          numbers.put(status.path(), number);
        }
      }
      if (number == null || !(growing || isSame(intake.files().get(number), status))) {
        numbers.put(status.path(), intake.files().size());
        intake.add(status);
      }
    }
    List<DataFile> files = List.copyOf(intake.files());
    BitSet gone = new BitSet();
    BitSet changed = new BitSet();
    for (int i = 0; i < files.size(); i++) {
      FileStatus status = byPath.get(files.get(i).path());
      if (status == null) {
        gone.set(i);
      } else if (!growing && !isSame(files.get(i), status)) {
        changed.set(i);
      }
    }
    Look look =
        new Look(
            0,
            growing ? grown(files, byPath) : files,
            gone,
            changed,
            false,
            null,
            there.isEmpty(),
            null);
    BitSet forgotten = intake.forget(look.lost());
    if (!forgotten.isEmpty()) {
      numbers.values().removeIf(forgotten::get);
    }
    return look;
  }

  static boolean isSame(DataFile file, FileStatus status) {
    return file.size() == status.size() && file.modifiedNanos() == status.modifiedNanos();
  }

  private List<DataFile> grown(List<DataFile> files, Map<String, FileStatus> byPath) {
    return files.stream()
        .map(
            file -> {
              FileStatus status = byPath.get(file.path());
              return status == null ? file : DataFile.of(fileSystem, status);
            })
        .toList();
  }

  private void checkNoManifests(List<FileStatus> files) {
    Set<String> directories = new TreeSet<>();
    for (FileStatus file : files) {
      String directory = FileSystem.parent(file.path());
      directories.add(directory);
      while (PathColumns.isOne(FileSystem.name(directory))) {
        directory = FileSystem.parent(directory);
        directories.add(directory);
      }
    }
    for (String directory : directories) {
      if (Manifest.isIn(fileSystem, directory)) {
        throw FilesErrors.globOverManifest(directory);
      }
    }
  }

  /** The files by number. */
  synchronized List<DataFile> files() {
    if (intake.files().isEmpty()) {
      look();
    }
    return List.copyOf(intake.files());
  }

  /** The rows of an epoch as they stand now, or null where no manifest tells them. */
  synchronized @Nullable WrittenRows written(long epoch) {
    if (manifest == Manifest.EMPTY && !intake.files().isEmpty()) {
      return null;
    }
    WrittenRows now = look().written();
    if (now == null || epoch == manifest.epoch()) {
      return now;
    }
    WrittenRows rows = epochs.get(epoch);
    if (rows == null) {
      throw FilesErrors.replaced(pattern.path());
    }
    return rows;
  }

  synchronized boolean hasManifest() {
    return manifest != Manifest.EMPTY;
  }

  /** Keeps the numbers of the first {@code count} files. */
  synchronized void persist(int count) {
    if (manifest == Manifest.EMPTY) {
      intake.persist(count);
    }
  }
}
