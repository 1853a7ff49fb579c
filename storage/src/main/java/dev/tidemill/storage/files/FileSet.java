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
  private final Map<Long, List<DataFile>> epochs =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<DataFile>> eldest) {
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
   */
  record Look(
      long epoch,
      List<DataFile> files,
      BitSet gone,
      BitSet changed,
      boolean ended,
      @Nullable SinkMode mode,
      boolean missing) {
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
    List<DataFile> files = epochs.get(kept.epoch());
    if (kept != manifest || files == null) {
      int known = files == null ? 0 : files.size();
      List<DataFile> grown = new ArrayList<>(files == null ? List.of() : files);
      for (Manifest.Part part : kept.files().subList(known, kept.files().size())) {
        grown.add(new DataFile(fileSystem, pattern.absolute(part.name()), part.size(), 0));
      }
      files = List.copyOf(grown);
      epochs.put(kept.epoch(), files);
      manifest = kept;
    }
    return new Look(
        kept.epoch(), files, new BitSet(), new BitSet(), kept.ended(), kept.mode(), false);
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
    return new Look(
        0, growing ? grown(files, byPath) : files, gone, changed, false, null, there.isEmpty());
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
    files.forEach(file -> directories.add(FileSystem.parent(file.path())));
    for (String directory : directories) {
      if (Manifest.isIn(fileSystem, directory)) {
        throw FilesErrors.globOverManifest(directory);
      }
    }
  }

  /** The files by number as they were in an epoch. */
  synchronized List<DataFile> files(long epoch) {
    if (manifest == Manifest.EMPTY && intake.files().isEmpty()) {
      look();
    }
    if (manifest == Manifest.EMPTY) {
      return List.copyOf(intake.files());
    }
    List<DataFile> files = epochs.get(epoch);
    if (files == null) {
      look();
      files = epochs.get(epoch);
    }
    if (files == null) {
      throw FilesErrors.replaced(pattern.path());
    }
    return files;
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
