package dev.tidemill.storage.files;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;

/**
 * A file of rows as it was when it was found. Equal values are the same content, so that what was
 * read of it (a footer) may be kept by it.
 */
public record DataFile(FileSystem fileSystem, String path, long size, long modifiedNanos) {
  public static DataFile of(FileSystem fileSystem, FileStatus status) {
    return new DataFile(fileSystem, status.path(), status.size(), status.modifiedNanos());
  }

  public FileInput open() {
    return fileSystem.open(path);
  }
}
