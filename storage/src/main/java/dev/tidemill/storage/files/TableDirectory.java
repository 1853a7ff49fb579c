package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A directory that belongs to one table: nobody else puts files there, and the manifest says which
 * are its rows.
 */
public final class TableDirectory {
  private static final int MAX_NAME = 120;

  private TableDirectory() {}

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
