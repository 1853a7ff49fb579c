package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A directory that belongs to one table: nobody else puts files there, and the manifest says which
 * are its rows.
 */
public final class TableDirectory {
  private static final int MAX_NAME = 120;

  private TableDirectory() {}

  /**
   * Opens the table in {@code directory}; an empty one where there is no such directory.
   *
   * @param format the name of the format that its files have
   * @param kind what standing queries take it for
   */
  public static Table open(
      FileSystem fileSystem,
      String directory,
      String format,
      Schema schema,
      InputKind kind,
      InstantSource clock) {
    FileFormatProvider provider = new FileFormats().providers().get(format);
    if (provider == null) {
      throw new IllegalArgumentException("no format " + format);
    }
    FilePattern pattern = new FilePattern(directory, directory, null, false);
    FilesTableOptions options =
        new FilesTableOptions(
            fileSystem,
            pattern,
            provider.create(Map.of()),
            kind,
            false,
            false,
            false,
            FilesTableOptions.Existing.REOPEN,
            Set.of(SinkMode.APPEND),
            provider.extensions().getFirst(),
            clock);
    IntakeLog intake = new IntakeLog(fileSystem, pattern, null, "");
    return new FilesTable(
        options, schema, new FileSet(fileSystem, pattern, true, false, intake), null);
  }

  /** Deletes the table with all its rows, if it is there. */
  public static void delete(FileSystem fileSystem, String directory) {
    String metadata = directory + "/" + Manifest.DIRECTORY;
    // without its manifest a table has no rows, so it goes first
    for (String part : new String[] {metadata, directory}) {
      for (FileStatus file : fileSystem.list(part)) {
        fileSystem.delete(file.path());
      }
      if (fileSystem.stat(part) != null) {
        fileSystem.deleteTemporaries(part);
        fileSystem.delete(part);
      }
    }
  }

  /** A table's name as one of a directory: names that differ only in case are the same. */
  public static String encoded(String name) {
    String encoded =
        URLEncoder.encode(name.toLowerCase(Locale.ROOT), StandardCharsets.UTF_8)
            .replace("*", "%2A")
            .replace(".", "%2E");
    return encoded.length() <= MAX_NAME
        ? encoded
        : encoded.substring(0, MAX_NAME - 20)
            + "-"
            + Integer.toHexString(name.toLowerCase(Locale.ROOT).hashCode());
  }
}
